package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link CtcLoss}: with p the softmax of a frame's logits and γ_t(s) the probability
 * that frame t stands at place s of the labels and blanks, given that the labels come out,
 *
 * <pre>
 * dlogits_tc = G·(p_tc − Σ_{s of class c} γ_t(s))
 * </pre>
 *
 * Inputs: logits, targets, frames, lengths, G. Output: dlogits.
 */
public class CtcLossGradient extends GradientOp implements Shareable {
  private static final int UPSTREAM = 4;

  /** For cloning and loading. */
  public CtcLossGradient() {}

  CtcLossGradient(SameDiff sd, long blank, SDVariable... inputs) {
    super(sd, inputs);
    addIArgument(blank);
  }

  @Override
  public String opName() {
    return "normfree_ctc_loss_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected boolean isInteger(int index) {
    return index > 0 && index < UPSTREAM;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("frames", shapes.get(2), "the upstream gradient", shapes.get(UPSTREAM));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 1);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Shareable.compute(this, inputs, outputs);
  }

  @Override
  public Shares share(Operands operands, int threads) {
    double[] upstream = operands.real(UPSTREAM);
    return CtcPaths.shares(
        operands,
        getIArgument(0).intValue(),
        threads,
        (example, paths) -> paths.gradient(upstream[example], operands.output(0)));
  }
}
