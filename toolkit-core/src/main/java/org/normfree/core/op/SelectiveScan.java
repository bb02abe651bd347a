package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Selective scan, the recurrence of a Mamba block: with the step {@code Δ = softplus(δ + bias)},
 *
 * <pre>
 * h_t = exp(Δ_t·A)∘h_{t−1} + (Δ_t·u_t)·B_t    h before the first position = 0
 * y_t = (⟨C_t, h_t⟩ + D·u_t)·SiLU(z_t)
 * </pre>
 *
 * for each channel on its own, with N numbers of state each. B and C are shared by all channels of
 * an example. D, z and the bias may be missing, and Δ may be δ itself; {@code reverse} scans from
 * the last position to the first.
 *
 * <p>u, δ and z are [batch, length, E]; A is [E, N], below 0 in a Mamba block; B and C are [batch,
 * length, N]; D and the bias are [E]; y is as u. What the gradient needs of the states is computed
 * again; kept are those before every {@value #CHUNK}th step only. Source: arXiv 2312.00752, section
 * 3 and algorithm 2; its code's {@code selective_scan_ref}.
 */
public class SelectiveScan extends NormfreeOp {
  /** Steps from one state that is kept to the next. */
  public static final int CHUNK = 64;

  /** For cloning and loading. */
  public SelectiveScan() {}

  /**
   * In a graph; use {@link Ops#selectiveScan}, which checks the inputs first.
   *
   * @param sd the graph
   * @param u [batch, length, E]
   * @param delta [batch, length, E]
   * @param a [E, N]
   * @param b [batch, length, N]
   * @param c [batch, length, N]
   * @param skip D, [E], or null
   * @param gate z, [batch, length, E], or null
   * @param bias of δ, [E], or null
   * @param softplus whether the step is softplus(δ + bias) instead of δ + bias
   * @param reverse whether the scan goes from the last position to the first
   */
  public SelectiveScan(
      SameDiff sd,
      SDVariable u,
      SDVariable delta,
      SDVariable a,
      SDVariable b,
      SDVariable c,
      SDVariable skip,
      SDVariable gate,
      SDVariable bias,
      boolean softplus,
      boolean reverse) {
    super(
        sd,
        ActivationTerms.present(u, delta, a, b, c, skip, gate, bias).toArray(SDVariable[]::new));
    ScanTerms.of(skip, gate, bias, softplus, reverse).describe(this);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param u [batch, length, E]
   * @param delta [batch, length, E]
   * @param a [E, N]
   * @param b [batch, length, N]
   * @param c [batch, length, N]
   * @param skip D, [E], or null
   * @param gate z, [batch, length, E], or null
   * @param bias of δ, [E], or null
   * @param softplus whether the step is softplus(δ + bias) instead of δ + bias
   * @param reverse whether the scan goes from the last position to the first
   */
  public SelectiveScan(
      INDArray u,
      INDArray delta,
      INDArray a,
      INDArray b,
      INDArray c,
      INDArray skip,
      INDArray gate,
      INDArray bias,
      boolean softplus,
      boolean reverse) {
    super(ActivationTerms.present(u, delta, a, b, c, skip, gate, bias).toArray(INDArray[]::new));
    ScanTerms.of(skip, gate, bias, softplus, reverse).describe(this);
  }

  @Override
  public String opName() {
    return "normfree_selective_scan";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** The options. */
  public final ScanTerms terms() {
    return ScanTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] u = shapes.get(0);
    long[] a = shapes.get(2);
    if (u != null && u.length != 3) {
      throw wrong("u has shape %s, expected [batch, length, E]; reshape it", text(u));
    }
    requireSame("u", u, "delta", shapes.get(1));
    requireSame("u", u, "the gate z", terms().gate(shapes));
    if (a != null && (a.length != 2 || (u != null && !fits(a, new long[] {u[2], a[1]})))) {
      throw wrong(
          "A has shape %s, expected [E, N], N numbers of state for each channel of u %s",
          text(a), text(u));
    }
    if (u != null && a != null) {
      long[] expected = {u[0], u[1], a[1]};
      requireSame("[batch, length, N]", expected, "B", shapes.get(3));
      requireSame("[batch, length, N]", expected, "C", shapes.get(4));
    }
    if (u != null) {
      requireVector("D", terms().skip(shapes), u[2], u);
      requireVector("the bias of delta", terms().bias(shapes), u[2], u);
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    ScanReference scan = new ScanReference(terms(), inputs);
    scan.forward(outputs.get(0));
    if (outputs.size() > 1) {
      scan.states(outputs.get(1));
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = ActivationTerms.present(args());
    inputs.add(gradients.get(0));
    return List.of(
        new SelectiveScanGradient(sameDiff, terms(), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  /** The states before every {@value #CHUNK}th step, [batch, chunks, N, E]. */
  @Override
  public List<long[]> savedShapes(List<long[]> shapes) {
    long[] u = shapes.get(0);
    return List.of(new long[] {u[0], chunks(u[1]), shapes.get(2)[1], u[2]});
  }

  /** How many chunks a sequence has. */
  public static int chunks(long length) {
    return Math.toIntExact((length + CHUNK - 1) / CHUNK);
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT), new Overwrite(0, 1, Access.ELEMENT));
  }
}
