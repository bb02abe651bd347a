package org.normfree.plots.stats;

import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.normfree.core.record.SummaryRow;

/**
 * A mean with its 95 % confidence interval by Student's t, {@code mean ± t(0.975, n−1)·s/√n}.
 *
 * @param mean the mean
 * @param low lower end; NaN below three values
 * @param high upper end; NaN below three values
 * @param n how many values the mean is taken over
 */
public record Interval(double mean, double low, double high, int n) {
  /** Fewer values than this say too little about their spread. */
  public static final int LEAST = 3;

  /**
   * @param values at least one value
   * @return their mean and its interval
   */
  public static Interval of(double... values) {
    int n = values.length;
    if (n == 0) {
      throw new IllegalArgumentException("no values: a mean needs at least one");
    }
    double mean = DoubleStream.of(values).map(value -> value / n).sum();
    if (n < LEAST) {
      return new Interval(mean, Double.NaN, Double.NaN, n);
    }
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    double half =
        new TDistribution(null, n - 1).inverseCumulativeProbability(0.975)
            * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean, mean - half, mean + half, n);
  }

  /**
   * @param row a row of a summary
   * @return its mean and interval; empty if it has none
   */
  public static Optional<Interval> of(SummaryRow row) {
    if (row.mean() == null || !Double.isFinite(row.mean())) {
      return Optional.empty();
    }
    boolean known = row.ci95() != null && row.n() >= LEAST;
    return Optional.of(
        new Interval(
            row.mean(),
            known ? row.ci95().get(0) : Double.NaN,
            known ? row.ci95().get(1) : Double.NaN,
            row.n()));
  }

  /** The mean and its interval taken on a scale, and taken back. */
  static Interval of(Transform scale, double... values) {
    Interval there = of(DoubleStream.of(values).map(scale.there()).toArray());
    return new Interval(
        scale.back().applyAsDouble(there.mean),
        scale.back().applyAsDouble(there.low),
        scale.back().applyAsDouble(there.high),
        there.n);
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
}
