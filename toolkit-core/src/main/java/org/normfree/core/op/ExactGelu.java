package org.normfree.core.op;

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
public class ExactGelu extends SlopedActivation {
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
    super(x);
  }

  @Override
  public String opName() {
    return "normfree_gelu";
  }

  @Override
  INDArray value(INDArray x) {
    return normalDistribution(x).muli(x);
  }

  /** {@code Φ(x) + x·φ(x)}, a new array. */
  @Override
  INDArray slope(INDArray x) {
    INDArray density = Transforms.exp(x.mul(x).muli(-0.5), false).muli(1 / Math.sqrt(2 * Math.PI));
    return density.muli(x).addi(normalDistribution(x));
  }

  /** Φ at each element, a new array. */
  private static INDArray normalDistribution(INDArray x) {
    return Squash.ERF.apply(x.mul(Math.sqrt(0.5))).addi(1).muli(0.5);
  }

  @Override
  SlopedActivationGradient gradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    return new ExactGeluGradient(sd, x, upstream);
  }
}
