package org.normfree.core.method;

import org.normfree.core.nn.Initializer;

/**
 * What an architecture's own code draws the parameters of a linear map or a convolution from. A
 * method that has a distribution of its own for a weight takes that, unless this one was chosen by
 * whoever runs the network; one that scales the usual distribution scales this one.
 *
 * @param weight of the weight, before a method scales it
 * @param bias of the bias vector, where there is one
 * @param chosen whether it also takes the place of a method's own distribution
 */
public record Start(Initializer weight, Initializer bias, boolean chosen) {
  /** What an architecture's own code draws from. */
  public Start(Initializer weight, Initializer bias) {
    this(weight, bias, false);
  }

  /** A weight's distribution by choice, whatever the method; it only scales it. */
  public static Start chosen(Initializer weight) {
    return new Start(weight, Initializer.constant(0), true);
  }

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
