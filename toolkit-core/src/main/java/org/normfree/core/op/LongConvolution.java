package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Long convolution: each channel with a causal filter as long as the sequence, {@code y_t = Σ_τ
 * h_τ·u_{t−τ} + d·u_t}.
 *
 * <p>u is [batch, length, C]; h is [length, C]; d is [C] and may be missing; y is as u. Source:
 * arXiv 2302.10866, section 3; {@code fftconv} of its official code.
 */
public class LongConvolution extends NormfreeOp {
  /** The longest sequence that a kernel convolves term by term, where no transform is faster. */
  public static final int DIRECT = 48;

  /** Most neighbouring channels that a kernel transforms at a time. */
  private static final long GROUP = 16;

  /** A larger spectrum is computed again. */
  private static final long MOST_KEPT = 1 << 28;

  /** For cloning and loading. */
  public LongConvolution() {}

  /**
   * In a graph; use {@link Ops#longConvolution}, which checks the inputs first.
   *
   * @param sd the graph
   * @param u [batch, length, C]
   * @param filter h, [length, C]
   * @param skip d, [C], or null
   */
  public LongConvolution(SameDiff sd, SDVariable u, SDVariable filter, SDVariable skip) {
    super(sd, ActivationTerms.present(u, filter, skip).toArray(SDVariable[]::new));
    addBArgument(skip != null);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param u [batch, length, C]
   * @param filter h, [length, C]
   * @param skip d, [C], or null
   */
  public LongConvolution(INDArray u, INDArray filter, INDArray skip) {
    super(ActivationTerms.present(u, filter, skip).toArray(INDArray[]::new));
    addBArgument(skip != null);
  }

  @Override
  public String opName() {
    return "normfree_long_convolution";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Whether there is an input d. */
  public final boolean skips() {
    return getBArgument(0);
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] u = shapes.get(0);
    long[] filter = shapes.get(1);
    if (u == null) {
      return;
    }
    if (u.length != 3) {
      throw wrong("u has shape %s, expected [batch, length, C]; reshape it", text(u));
    }
    if (filter != null && !fits(filter, new long[] {u[1], u[2]})) {
      throw wrong(
          "the filter has shape %s, expected [length, C] of u %s; cut a longer one",
          text(filter), text(u));
    }
    requireVector("d", skips() ? shapes.get(2) : null, u[2], u);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray u = inputs.get(0);
    INDArray y = u.like();
    for (long lag = 0; lag < u.size(1); lag++) {
      INDArray tap = tap(inputs, skips(), lag);
      from(y, lag).addi(until(u, u.size(1) - lag).mul(tap));
    }
    outputs.get(0).assign(y);
  }

  /** Filter value of each channel at a lag, d included, [1, 1, C]. */
  static INDArray tap(List<INDArray> inputs, boolean skips, long lag) {
    INDArray tap = inputs.get(1).get(NDArrayIndex.point(lag), NDArrayIndex.all()).dup('c');
    if (skips && lag == 0) {
      tap.addi(inputs.get(2));
    }
    return tap.reshape(1, 1, tap.length());
  }

  /** Positions from one on, a view. */
  static INDArray from(INDArray x, long first) {
    return x.get(NDArrayIndex.all(), NDArrayIndex.interval(first, x.size(1)), NDArrayIndex.all());
  }

  /** Positions before one, a view. */
  static INDArray until(INDArray x, long behind) {
    return x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, behind), NDArrayIndex.all());
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = ActivationTerms.present(args());
    inputs.add(gradients.get(0));
    return List.of(
        new LongConvolutionGradient(sameDiff, skips(), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  /**
   * The filter's spectrum in a kernel's own order, which only that kernel reads: two numbers a
   * frequency of each channel.
   */
  @Override
  public List<long[]> savedShapes(List<long[]> shapes) {
    long[] u = shapes.get(0);
    long channels = (u[2] + GROUP - 1) / GROUP * GROUP;
    boolean kept = u[1] > DIRECT && 2 * channels * frequencies(u[1]) <= MOST_KEPT;
    return kept ? List.of(new long[] {channels, 2, frequencies(u[1])}) : List.of();
  }

  /** How many complex frequencies a transform has: a power of 2, at least the length. */
  public static int frequencies(long length) {
    return Integer.highestOneBit(Math.toIntExact(2 * length - 1));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
