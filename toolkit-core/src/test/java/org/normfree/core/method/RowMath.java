package org.normfree.core.method;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** The arithmetic of one token in plain Java, as the reference that methods are held to. */
final class RowMath {
  private RowMath() {}

  static double[] map(double[] a, DoubleUnaryOperator function) {
    return Arrays.stream(a).map(function).toArray();
  }

  static double[] add(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
  }

  static double[] mul(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).toArray();
  }

  static double[] times(double factor, double[] a) {
    return map(a, v -> factor * v);
  }

  static double[] plus(double[] a, double addend) {
    return map(a, v -> v + addend);
  }

  static double[] layerNorm(double[] a, double[] gain, double[] bias) {
    double mean = Arrays.stream(a).average().orElseThrow();
    double variance = Arrays.stream(a).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] normal = map(a, v -> (v - mean) / Math.sqrt(variance + 1e-6));
    return add(mul(normal, gain), bias);
  }

  static double[] rmsNorm(double[] a, double[] gain) {
    double square = Arrays.stream(a).map(v -> v * v).average().orElseThrow();
    return mul(times(1 / Math.sqrt(square + 1e-6), a), gain);
  }
}
