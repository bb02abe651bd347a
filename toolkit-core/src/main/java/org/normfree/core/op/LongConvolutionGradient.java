package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Gradient of {@link LongConvolution}:
 *
 * <pre>
 * du_t = Σ_τ h_τ·G_{t+τ} + d·G_t    dh_τ = Σ_batch Σ_t G_{t+τ}·u_t    dd = dh_0
 * </pre>
 *
 * Inputs: u, h, d if there is one, G. Outputs: du, dh, and dd if there is a d.
 */
public class LongConvolutionGradient extends GradientOp {
  /** For cloning and loading. */
  public LongConvolutionGradient() {}

  LongConvolutionGradient(SameDiff sd, boolean skips, SDVariable... inputs) {
    super(sd, inputs);
    addBArgument(skips);
  }

  @Override
  public String opName() {
    return "normfree_long_convolution_gradient";
  }

  @Override
  public int getNumOutputs() {
    return upstream();
  }

  /** Whether there is an input d. */
  public final boolean skips() {
    return getBArgument(0);
  }

  /** Where G stands among the inputs. */
  public final int upstream() {
    return skips() ? 3 : 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("u", shapes.get(0), "the upstream gradient", shapes.get(upstream()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, upstream());
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray u = inputs.get(0);
    INDArray upstream = inputs.get(upstream());
    long length = u.size(1);
    INDArray du = u.like();
    for (long lag = 0; lag < length; lag++) {
      INDArray later = LongConvolution.from(upstream, lag);
      INDArray earlier = LongConvolution.until(u, length - lag);
      INDArray tap = LongConvolution.tap(inputs, skips(), lag);
      LongConvolution.until(du, length - lag).addi(later.mul(tap));
      INDArray sum = rows(later.mul(earlier)).sum(0);
      outputs.get(1).get(NDArrayIndex.point(lag), NDArrayIndex.all()).assign(sum);
      if (skips() && lag == 0) {
        outputs.get(2).assign(sum);
      }
    }
    outputs.get(0).assign(du);
  }

  @Override
  public Optional<FromSaved> fromSaved() {
    LongConvolution forward = new LongConvolution();
    forward.addBArgument(skips());
    int[] inputs = IntStream.rangeClosed(0, upstream() + 1).toArray(); // the spectrum last
    return Optional.of(new FromSaved(forward, upstream(), this, inputs));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(
        new Overwrite(0, upstream(), Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }
}
