package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A smooth function {@code y = f(x)}, element-wise, whose slope a plan may keep for the gradient,
 * which is a product with it: {@link SlopedActivationGradient}.
 */
abstract class SlopedActivation extends NormfreeOp {
  /** For cloning and loading. */
  SlopedActivation() {}

  SlopedActivation(SameDiff sd, SDVariable x) {
    super(sd, x);
  }

  SlopedActivation(INDArray x) {
    super(new INDArray[] {x});
  }

  /** f at each element, a new array. */
  abstract INDArray value(INDArray x);

  /** f′ at each element, a new array. */
  abstract INDArray slope(INDArray x);

  /** The op that computes {@code G·f′(x)} from x and G. */
  abstract SlopedActivationGradient gradient(SameDiff sd, SDVariable x, SDVariable upstream);

  @Override
  public final int getNumOutputs() {
    return 1;
  }

  @Override
  protected final void check(List<long[]> shapes) {}

  @Override
  protected final List<long[]> outputShapes(List<long[]> shapes) {
    return shapes;
  }

  @Override
  protected final void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    outputs.get(0).assign(value(x));
    if (outputs.size() > 1) { // a plan keeps the slope for the gradient
      outputs.get(1).assign(slope(x));
    }
  }

  @Override
  public final List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(gradient(sameDiff, arg(0), gradients.get(0)).outputVariables());
  }

  @Override
  public final List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }

  /** The slope, of which the gradient is a product. */
  @Override
  public final List<long[]> savedShapes(List<long[]> shapes) {
    return shapes;
  }
}
