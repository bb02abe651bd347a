package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link SelectiveScan}: with p = y before the gate, g = G·SiLU(z), and q the gradient
 * of the states, 0 behind the last step,
 *
 * <pre>
 * q_t = g_t·C_t + exp(Δ_{t+1}·A)∘q_{t+1}        w_t = q_t∘exp(Δ_t·A)∘h_{t−1}
 * dB_t = Σ_e q_t·Δ_t·u_t    dC_t = Σ_e g_t·h_t    dA = Σ_t Δ_t·w_t    dD = Σ_t g_t·u_t
 * du_t = g_t·D + Δ_t·⟨q_t, B_t⟩    dΔ_t = ⟨w_t, A⟩ + u_t·⟨q_t, B_t⟩    dδ_t = dΔ_t·σ(δ_t + bias)
 * dz_t = G_t·p_t·SiLU′(z_t)    dbias = Σ_t dδ_t
 * </pre>
 *
 * Inputs: those of the scan, G. Outputs: a gradient each of the scan's inputs.
 */
public class SelectiveScanGradient extends GradientOp {
  /** For cloning and loading. */
  public SelectiveScanGradient() {}

  SelectiveScanGradient(SameDiff sd, ScanTerms terms, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
  }

  @Override
  public String opName() {
    return "normfree_selective_scan_gradient";
  }

  @Override
  public int getNumOutputs() {
    return terms().inputs();
  }

  /** The options of the scan. */
  public final ScanTerms terms() {
    return ScanTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("u", shapes.get(0), "the upstream gradient", shapes.get(terms().inputs()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, terms().inputs());
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    new ScanReference(terms(), inputs).backward(inputs.get(terms().inputs()), outputs);
  }

  @Override
  public Optional<FromSaved> fromSaved() {
    SelectiveScan forward = new SelectiveScan();
    terms().describe(forward);
    int own = terms().inputs();
    int[] inputs = IntStream.rangeClosed(0, own + 1).toArray(); // the states last
    return Optional.of(new FromSaved(forward, own, this, inputs));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    int upstream = terms().inputs();
    return List.of(
        new Overwrite(0, upstream, Access.ELEMENT),
        new Overwrite(0, 0, Access.ELEMENT),
        new Overwrite(1, 1, Access.ELEMENT));
  }
}
