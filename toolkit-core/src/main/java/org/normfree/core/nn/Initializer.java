package org.normfree.core.nn;

import java.util.function.DoubleSupplier;

/**
 * Initial values of a parameter. Shapes of weights are [in, out]; fan-in is the first axis, fan-out
 * the last.
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

  /** Glorot normal: standard deviation {@code gain·√(2/(in + out))}. Source: AISTATS 2010. */
  static Initializer xavierNormal(double gain) {
    return (shape, rng) -> normal(gain * xavier(shape)).draw(shape, rng);
  }

  /** Glorot uniform: the variance of {@link #xavierNormal} on {@code ±gain·√(6/(in + out))}. */
  static Initializer xavierUniform(double gain) {
    return (shape, rng) -> {
      double bound = gain * Math.sqrt(3) * xavier(shape);
      return fill(shape, () -> bound * (2 * rng.uniform() - 1));
    };
  }

  private static double xavier(long[] shape) {
    return Math.sqrt(2.0 / (shape[0] + shape[shape.length - 1]));
  }

  private static double[] fill(long[] shape, DoubleSupplier value) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    double[] values = new double[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.getAsDouble();
    }
    return values;
  }
}
