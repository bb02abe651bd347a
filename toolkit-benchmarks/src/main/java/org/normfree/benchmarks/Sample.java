package org.normfree.benchmarks;

import java.util.Arrays;

/** Repeated measurements of one thing, with the quantiles that a bench reports. */
final class Sample {
  private final double[] sorted;

  /**
   * @param values the measurements, at least one
   */
  Sample(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a sample needs at least one measurement");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** The value that a share {@code q} of the sample lies below, interpolated between neighbours. */
  double quantile(double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  double median() {
    return quantile(0.5);
  }

  /** A number over every measurement, for example work over time. */
  Sample under(double numerator) {
    return new Sample(Arrays.stream(sorted).map(v -> numerator / v).toArray());
  }
}
