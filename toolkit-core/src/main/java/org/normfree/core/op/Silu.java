package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * SiLU, also called swish: {@code y = x·σ(x)} with {@code σ(x) = 1/(1 + e^(−x))}, element-wise.
 *
 * <p>Source: arXiv 1606.08415, section 4; arXiv 1710.05941.
 */
public class Silu extends NormfreeOp {
  /** For cloning and loading. */
  public Silu() {}

  /**
   * In a graph; use {@link Ops#silu}.
   *
   * @param sd the graph
   * @param x any shape
   */
  public Silu(SameDiff sd, SDVariable x) {
    super(sd, x);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x any shape
   */
  public Silu(INDArray x) {
    super(new INDArray[] {x});
  }

  @Override
  public String opName() {
    return "normfree_silu";
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
    INDArray x = inputs.get(0);
    outputs.get(0).assign(Transforms.sigmoid(x, true).muli(x));
    if (outputs.size() > 1) { // a plan keeps the slope for the gradient
      outputs.get(1).assign(slope(x));
    }
  }

  /** {@code σ(x)·(1 + x·(1 − σ(x)))}, a new array. */
  static INDArray slope(INDArray x) {
    INDArray sigmoid = Transforms.sigmoid(x, true);
    return sigmoid.rsub(1).muli(x).addi(1).muli(sigmoid);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(new SiluGradient(sameDiff, arg(0), gradients.get(0)).outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }

  /** The slope, of which the gradient is a product. */
  @Override
  public List<long[]> savedShapes(List<long[]> shapes) {
    return shapes;
  }
}
