package org.normfree.experiments.statistics;

import java.util.List;

/**
 * A closed interval of numbers; either end may be infinite.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {
  /** Checks the ends' order. */
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("an interval from %s to %s".formatted(low, high));
    }
  }

  /** All numbers from one on. */
  public static Interval from(double low) {
    return new Interval(low, Double.POSITIVE_INFINITY);
  }

  /** All numbers up to one. */
  public static Interval upTo(double high) {
    return new Interval(Double.NEGATIVE_INFINITY, high);
  }

  /** Whether the whole other interval lies in this one. */
  public boolean contains(Interval other) {
    return low <= other.low && other.high <= high;
  }

  /** Whether no number is in both, but for a common end. */
  public boolean excludes(Interval other) {
    return other.high <= low || high <= other.low;
  }

  /** Whether a number is in it. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** Both ends, as files have them. */
  public List<Double> ends() {
    return List.of(low, high);
  }
}
