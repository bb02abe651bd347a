package org.normfree.core.nn;

import java.util.function.DoubleSupplier;
import org.apache.commons.math3.special.Erf;

/**
 * Initial values of a parameter. Shapes of weights are [window..., in, out]: a linear map's has no
 * window, a convolution's one axis or two, and in is that of a group. Fan-in is the window times
 * in, fan-out the window times out, of all groups together, as in PyTorch.
 */
@FunctionalInterface
public interface Initializer {
  /**
   * Draws one array.
   *
   * @param shape the parameter's shape
   * @param rng the parameter's own generator
   * @return its values, row-major
   */
  double[] draw(long[] shape, Rng rng);

  /** The same numbers times a factor. */
  default Initializer times(double factor) {
    return (shape, rng) -> {
      double[] values = draw(shape, rng);
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
      return values;
    };
  }

  /** Every element equal. */
  static Initializer constant(double value) {
    return (shape, rng) -> fill(shape, () -> value);
  }

  /** Normal with mean 0. */
  static Initializer normal(double std) {
    return (shape, rng) -> fill(shape, () -> std * rng.gaussian());
  }

  /**
   * Normal with mean 0, redrawn until within two standard deviations; its own standard deviation is
   * {@code 0.8796·std}.
   */
  static Initializer truncatedNormal(double std) {
    return (shape, rng) ->
        fill(
            shape,
            () -> {
              double z = rng.gaussian();
              while (Math.abs(z) > 2) {
                z = rng.gaussian();
              }
              return std * z;
            });
  }

  /**
   * Normal with mean 0, redrawn until within ±bound, an absolute number: PyTorch's {@code
   * trunc_normal_} with its default bound of 2, which leaves small deviations as they are.
   */
  static Initializer truncatedNormalAt(double bound, double std) {
    return (shape, rng) ->
        fill(
            shape,
            () -> {
              double z = std * rng.gaussian();
              while (Math.abs(z) > bound) {
                z = std * rng.gaussian();
              }
              return z;
            });
  }

  /**
   * By what the standard deviation of normal numbers shrinks where those beyond ±cut deviations are
   * drawn again: {@code √(1 − 2·cut·φ(cut)/(2Φ(cut) − 1))}, 0.8796 at 2.
   *
   * @param cut in deviations, above 0
   */
  static double truncation(double cut) {
    double density = Math.exp(-cut * cut / 2) / Math.sqrt(2 * Math.PI);
    return Math.sqrt(1 - 2 * cut * density / Erf.erf(cut / Math.sqrt(2)));
  }

  /** Uniform on ±bound. */
  static Initializer uniform(double bound) {
    return (shape, rng) -> fill(shape, () -> bound * (2 * rng.uniform() - 1));
  }

  /** Glorot normal: standard deviation {@code gain·√(2/(fan-in + fan-out))}. AISTATS 2010. */
  static Initializer xavierNormal(double gain) {
    return (shape, rng) -> normal(gain * xavier(shape)).draw(shape, rng);
  }

  /** Glorot uniform: the variance of {@link #xavierNormal} on {@code ±gain·√(6/(in + out))}. */
  static Initializer xavierUniform(double gain) {
    return (shape, rng) -> uniform(gain * Math.sqrt(3) * xavier(shape)).draw(shape, rng);
  }

  private static double xavier(long[] shape) {
    return Math.sqrt(2.0 / (Fan.IN.of(shape) + Fan.OUT.of(shape)));
  }

  /** What a number of weights is counted for. */
  enum Fan {
    /** Weights that a result is computed from: window times in, of one group. */
    IN,
    /** Weights that an input goes through: window times out, of all groups. */
    OUT;

    /**
     * Counts.
     *
     * @param shape [window..., in, out]; a vector counts as [n, n]
     */
    public long of(long... shape) {
      long fan = this == IN ? shape[Math.max(0, shape.length - 2)] : shape[shape.length - 1];
      for (int axis = 0; axis < shape.length - 2; axis++) {
        fan *= shape[axis];
      }
      return fan;
    }
  }

  /**
   * He normal: standard deviation {@code gain/√fan}; gain √2 before a ReLU, and with it and {@link
   * Fan#OUT} torchvision's convolutions of ResNets. Source: arXiv 1502.01852.
   */
  static Initializer kaimingNormal(Fan fan, double gain) {
    return (shape, rng) -> normal(gain / Math.sqrt((double) fan.of(shape))).draw(shape, rng);
  }

  /** He uniform: the variance of {@link #kaimingNormal} on {@code ±gain·√(3/fan)}. */
  static Initializer kaimingUniform(Fan fan, double gain) {
    return (shape, rng) -> uniform(gain * Math.sqrt(3.0 / fan.of(shape))).draw(shape, rng);
  }

  /**
   * What PyTorch draws for the weights of {@code Linear} and {@code Conv} by default: uniform on
   * {@code ±1/√(fan-in)}. A bias is drawn alike, by {@link #uniform} with the weights' bound.
   */
  static Initializer pytorchDefault() {
    return (shape, rng) -> uniform(1 / Math.sqrt((double) Fan.IN.of(shape))).draw(shape, rng);
  }

  private static double[] fill(long[] shape, DoubleSupplier value) {
    long length = 1;
    for (long size : shape) {
      length = Math.multiplyExact(length, size);
    }
    double[] values = new double[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.getAsDouble();
    }
    return values;
  }
}
