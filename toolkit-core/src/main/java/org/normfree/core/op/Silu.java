package org.normfree.core.op;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * SiLU, also called swish: {@code y = x·σ(x)} with {@code σ(x) = 1/(1 + e^(−x))}, element-wise.
 *
 * <p>Source: arXiv 1606.08415, section 4; arXiv 1710.05941.
 */
public class Silu extends SlopedActivation {
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
    super(x);
  }

  @Override
  public String opName() {
    return "normfree_silu";
  }

  @Override
  INDArray value(INDArray x) {
    return Transforms.sigmoid(x, true).muli(x);
  }

  /** {@code σ(x)·(1 + x·(1 − σ(x)))}, a new array. */
  @Override
  INDArray slope(INDArray x) {
    INDArray sigmoid = Transforms.sigmoid(x, true);
    return sigmoid.rsub(1).muli(x).addi(1).muli(sigmoid);
  }

  @Override
  SlopedActivationGradient gradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    return new SiluGradient(sd, x, upstream);
  }
}
