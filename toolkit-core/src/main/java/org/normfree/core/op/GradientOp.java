package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The gradient of a {@link NormfreeOp}; it has none itself. */
public abstract class GradientOp extends NormfreeOp {
  /** For cloning and loading. */
  protected GradientOp() {}

  /**
   * In a gradient graph.
   *
   * @param sd the graph
   * @param inputs what the gradient is computed from, the upstream gradient last
   */
  protected GradientOp(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  /**
   * Refuses to be differentiated.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public final List<SDVariable> doDiff(List<SDVariable> gradients) {
    throw new UnsupportedOperationException(
        opName()
            + ": differentiating twice is refused, this op has no second derivative; compose the"
            + " layer from sd.math operations where one is needed");
  }
}
