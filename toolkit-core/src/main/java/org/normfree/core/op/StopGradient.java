package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = x}, but no gradient goes back through it: that of x is 0.
 *
 * <p>x is of any shape. A compiled plan makes no copy.
 */
public class StopGradient extends NormfreeOp {
  /** For cloning and loading. */
  public StopGradient() {}

  /**
   * In a graph; use {@link Ops#stopGradient}.
   *
   * @param sd the graph
   * @param x any shape
   */
  public StopGradient(SameDiff sd, SDVariable x) {
    super(sd, x);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x any shape
   */
  public StopGradient(INDArray x) {
    super(new INDArray[] {x});
  }

  @Override
  public String opName() {
    return "normfree_stop_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    outputs.get(0).assign(inputs.get(0));
  }

  @Override
  public boolean lower(Steps steps) {
    steps.result(0, steps.input(0));
    return true;
  }

  /** Zeros, because SameDiff wants a gradient of every input. */
  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(sameDiff.zerosLike(arg(0)));
  }
}
