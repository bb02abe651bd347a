package org.normfree.plots.stats;

import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;
import org.normfree.core.record.SummaryRow;

/**
 * A mean with its 95 % confidence interval by Student's t, {@code mean ± t(0.975, n−1)·s/√n}.
 *
 * @param mean the mean
 * @param low lower end; NaN below two values
 * @param high upper end; NaN below two values
 * @param n how many values the mean is taken over
 */
public record Interval(double mean, double low, double high, int n) {

  /**
   * @param values at least one value
   * @return their mean and its interval
   */
  public static Interval of(double... values) {
    int n = values.length;
    if (n == 0) {
      throw new IllegalArgumentException("no values: a mean needs at least one");
    }
    double mean = 0;
    for (double value : values) {
      mean += value / n;
    }
    if (n == 1) {
      return new Interval(mean, Double.NaN, Double.NaN, 1);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double half = quantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean, mean - half, mean + half, n);
  }

  /**
   * @param row a row of a summary
   * @return its mean and interval; empty if every run diverged
   */
  public static Optional<Interval> of(SummaryRow row) {
    if (row.mean() == null || !Double.isFinite(row.mean())) {
      return Optional.empty();
    }
    boolean known = row.ci95() != null && row.n() > 1;
    return Optional.of(
        new Interval(
            row.mean(),
            known ? row.ci95().get(0) : Double.NaN,
            known ? row.ci95().get(1) : Double.NaN,
            row.n()));
  }

  /**
   * @return whether there are enough values for an interval
   */
  public boolean known() {
    return Double.isFinite(low) && Double.isFinite(high);
  }

  /**
   * @return half the interval's width; NaN if it is not known
   */
  public double half() {
    return (high - low) / 2;
  }

  /**
   * This mean minus another, the interval by Welch's t for unequal variances.
   *
   * @param other what is taken away; independent of this
   * @return the difference; its interval is not known unless both are, and its n is the smaller one
   */
  public Interval minus(Interval other) {
    double difference = mean - other.mean;
    int smaller = Math.min(n, other.n);
    if (!known() || !other.known()) {
      return new Interval(difference, Double.NaN, Double.NaN, smaller);
    }
    double v = squaredError();
    double w = other.squaredError();
    if (v + w == 0) {
      return new Interval(difference, difference, difference, smaller);
    }
    double freedom = (v + w) * (v + w) / (v * v / (n - 1) + w * w / (other.n - 1));
    double half = quantile(freedom) * Math.sqrt(v + w);
    return new Interval(difference, difference - half, difference + half, smaller);
  }

  private double squaredError() {
    double error = half() / quantile(n - 1);
    return error * error;
  }

  private static double quantile(double freedom) {
    return new TDistribution(null, freedom).inverseCumulativeProbability(0.975);
  }
}
