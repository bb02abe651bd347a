package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Exact GELU: {@code y = x·Φ(x)} with {@code Φ(x) = (1 + erf(x/√2))/2}, element-wise.
 *
 * <p>Source: arXiv 1606.08415. ND4J's {@code gelu} is {@code x·σ(1.702x)}, and its {@code
 * preciseGelu} cubes the wrong term.
 */
public class ExactGelu extends NormfreeOp {
  /** For cloning and loading. */
  public ExactGelu() {}

  /**
   * In a graph; use {@link Ops#gelu}.
   *
   * @param sd the graph
   * @param x any shape
   */
  public ExactGelu(SameDiff sd, SDVariable x) {
    super(sd, x);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x any shape
   */
  public ExactGelu(INDArray x) {
    super(new INDArray[] {x});
  }

  @Override
  public String opName() {
    return "normfree_gelu";
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
    outputs.get(0).assign(normalDistribution(x).muli(x));
    if (outputs.size() > 1) { // a plan keeps the slope for the gradient
      outputs.get(1).assign(slope(x));
    }
  }

  /** {@code Φ(x) + x·φ(x)}, a new array. */
  static INDArray slope(INDArray x) {
    INDArray density = Transforms.exp(x.mul(x).muli(-0.5), false).muli(1 / Math.sqrt(2 * Math.PI));
    return density.muli(x).addi(normalDistribution(x));
  }

  /** Φ at each element, a new array. */
  static INDArray normalDistribution(INDArray x) {
    return Squash.ERF.apply(x.mul(Math.sqrt(0.5))).addi(1).muli(0.5);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(new ExactGeluGradient(sameDiff, arg(0), gradients.get(0)).outputVariables());
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
