package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * GELU in its tanh form: {@code y = x·(1 + tanh(√(2/π)(x + 0.044715x³)))/2}, which is {@code
 * x·σ(w)} with {@code w = 2√(2/π)(x + 0.044715x³)}; element-wise, within 5e-4 of the exact {@link
 * ExactGelu}.
 *
 * <p>Source: arXiv 1606.08415, section 2; the MLPs of facebookresearch/DiT. ND4J's {@code
 * preciseGelu} cubes the wrong term.
 */
public class TanhGelu extends NormfreeOp {
  private static final double SCALE = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  /** Where the slope is that of x or of 0 to all digits of a double. */
  private static final double ENDS = 24;

  /** For cloning and loading. */
  public TanhGelu() {}

  /**
   * In a graph; use {@link Ops#tanhGelu}.
   *
   * @param sd the graph
   * @param x any shape
   */
  public TanhGelu(SameDiff sd, SDVariable x) {
    super(sd, x);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x any shape
   */
  public TanhGelu(INDArray x) {
    super(new INDArray[] {x});
  }

  @Override
  public String opName() {
    return "normfree_tanh_gelu";
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
    outputs.get(0).assign(sigmoid(x).muli(x));
    if (outputs.size() > 1) { // a plan keeps the slope for the gradient
      outputs.get(1).assign(slope(x));
    }
  }

  /** {@code σ(w) + x·σ(w)(1 − σ(w))·w′}, a new array. */
  static INDArray slope(INDArray x) {
    // w′ may be infinite where 1 − σ or σ is 0; where it ends the product is 0 in any type
    INDArray ended = Transforms.max(Transforms.min(x, ENDS, true), -ENDS, false);
    INDArray rise = ended.mul(ended).muli(3 * CUBIC).addi(1).muli(2 * SCALE).muli(ended);
    INDArray sigmoid = sigmoid(x);
    return sigmoid.rsub(1).muli(sigmoid).muli(rise).addi(sigmoid);
  }

  /** {@code σ(w)}, a new array. */
  private static INDArray sigmoid(INDArray x) {
    INDArray w = x.mul(x).muli(CUBIC).addi(1).muli(x).muli(2 * SCALE);
    return Transforms.sigmoid(w, false);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(new TanhGeluGradient(sameDiff, arg(0), gradients.get(0)).outputVariables());
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
