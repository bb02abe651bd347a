package org.normfree.core.method;

import org.normfree.core.nn.Initializer;

/**
 * What an architecture's own code draws the parameters of a linear map or a convolution from. A
 * method that has a distribution of its own for a weight takes that; one that scales the usual
 * distribution scales this one.
 *
 * @param weight of the weight, before a method scales it
 * @param bias of the bias vector, where there is one
 */
public record Start(Initializer weight, Initializer bias) {
  /** A weight's distribution, the bias at 0. */
  public static Start of(Initializer weight) {
    return new Start(weight, Initializer.constant(0));
  }

  /**
   * Xavier uniform for queries, keys and values that are drawn as one matrix [d, 3d], as most codes
   * of vision Transformers do: the bound is {@code √(6/(4d))} instead of {@code √(6/(2d))}.
   */
  public static Start jointQueryKeyValue() {
    return of(Initializer.xavierUniform(Math.sqrt(0.5)));
  }

  /**
   * PyTorch's default for {@code Linear} and {@code Conv}: weight and bias uniform on {@code
   * ±1/√(fan-in)}.
   *
   * @param fanIn window times input channels of a group
   */
  public static Start pytorchDefault(long fanIn) {
    return new Start(
        Initializer.pytorchDefault(), Initializer.uniform(1 / Math.sqrt((double) fanIn)));
  }
}
