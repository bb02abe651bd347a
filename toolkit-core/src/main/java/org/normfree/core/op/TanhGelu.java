package org.normfree.core.op;

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
public class TanhGelu extends SlopedActivation {
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
    super(x);
  }

  @Override
  public String opName() {
    return "normfree_tanh_gelu";
  }

  @Override
  INDArray value(INDArray x) {
    return sigmoid(x).muli(x);
  }

  /** {@code σ(w) + x·σ(w)(1 − σ(w))·w′}, a new array. */
  @Override
  INDArray slope(INDArray x) {
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
  SlopedActivationGradient gradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    return new TanhGeluGradient(sd, x, upstream);
  }
}
