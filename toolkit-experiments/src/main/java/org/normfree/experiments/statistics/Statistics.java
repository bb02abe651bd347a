package org.normfree.experiments.statistics;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/** The few statistics that tables and studies need. */
public final class Statistics {
  private static final double CONFIDENCE = 0.95;
  private static final double UPPER_TAIL = 0.975;

  private Statistics() {}

  /**
   * A 95 % confidence interval.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {}

  /**
   * A correlation over n pairs.
   *
   * @param r Pearson's coefficient, in [-1, 1]
   * @param interval its interval by Fisher's z; empty below four pairs
   * @param n how many pairs
   */
  public record Correlation(double r, Optional<Interval> interval, int n) {}

  /**
   * @param values at least one number
   * @return their arithmetic mean
   */
  public static double mean(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the mean of no values is undefined");
    }
    return StatUtils.mean(array(values));
  }

  /**
   * The 95 % confidence interval of a mean by Student's t: mean ± t(0.975, n−1)·s/√n with the
   * sample standard deviation s.
   *
   * @param values a sample
   * @return the interval; empty below two values
   */
  public static Optional<Interval> meanInterval(List<Double> values) {
    int n = values.size();
    if (n < 2) {
      return Optional.empty();
    }
    double mean = mean(values);
    double t = new TDistribution(n - 1).inverseCumulativeProbability(UPPER_TAIL);
    double half = t * Math.sqrt(StatUtils.variance(array(values), mean) / n);
    return Optional.of(new Interval(mean - half, mean + half));
  }

  /**
   * The 95 % confidence interval of a correlation coefficient measured several times: Student's t
   * on Fisher's z = atanh r, taken back by tanh, so that it stays within [-1, 1].
   *
   * @param coefficients a sample of coefficients, each in (-1, 1)
   * @return the interval; empty below two values
   */
  public static Optional<Interval> correlationInterval(List<Double> coefficients) {
    List<Double> z = coefficients.stream().map(r -> 0.5 * Math.log((1 + r) / (1 - r))).toList();
    return meanInterval(z).map(i -> new Interval(Math.tanh(i.low()), Math.tanh(i.high())));
  }

  /**
   * Wilson's 95 % interval of a share.
   *
   * @param successes how many of the trials, 0 to {@code trials}
   * @param trials at least 1
   * @return the interval, within [0, 1]
   */
  public static Interval shareInterval(int successes, int trials) {
    ConfidenceInterval wilson =
        new WilsonScoreInterval().createInterval(trials, successes, CONFIDENCE);
    return new Interval(Math.max(0, wilson.getLowerBound()), Math.min(1, wilson.getUpperBound()));
  }

  /**
   * Pearson's r with the 95 % interval tanh(atanh r ± 1.96/√(n−3)).
   *
   * @param x one value a pair
   * @param y the other
   * @return the correlation; empty below two pairs or if one side is constant
   */
  public static Optional<Correlation> pearson(List<Double> x, List<Double> y) {
    if (x.size() != y.size()) {
      throw new IllegalArgumentException(
          "pairs expected, but there are %s and %s values".formatted(x.size(), y.size()));
    }
    int n = x.size();
    if (n < 2) {
      return Optional.empty();
    }
    double r = new PearsonsCorrelation().correlation(array(x), array(y));
    if (Double.isNaN(r)) {
      return Optional.empty();
    }
    return Optional.of(new Correlation(r, n < 4 ? Optional.empty() : Optional.of(fisher(r, n)), n));
  }

  private static Interval fisher(double r, int n) {
    double z = 0.5 * (Math.log1p(r) - Math.log1p(-r));
    double normal = new NormalDistribution().inverseCumulativeProbability(UPPER_TAIL);
    double half = normal / Math.sqrt(n - 3.0);
    return new Interval(Math.tanh(z - half), Math.tanh(z + half));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
