package org.normfree.experiments.statistics;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.hipparchus.distribution.continuous.BetaDistribution;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.interval.BinomialProportion;
import org.hipparchus.stat.interval.ConfidenceInterval;
import org.normfree.core.record.Better;

/**
 * Estimates of means, paired differences and shares with 95 % intervals. Means are taken on the
 * metric's scale, with Student's t, and taken back. There is no interval below three runs.
 */
public final class Estimates {
  private static final double CONFIDENCE = 0.95;
  private static final double UPPER_TAIL = 0.975;

  private Estimates() {}

  /**
   * The mean of runs: {@code back(mean(on(x)) ± t(0.975, n−1)·s/√n)}.
   *
   * @param gauge the metric's scale
   * @param values a value a run; those without a place on the scale are left out
   * @return the estimate; empty if no value is left
   */
  public static Optional<Estimate> mean(Gauge gauge, List<Double> values) {
    double[] places = gauge.on(values);
    if (places.length == 0) {
      return Optional.empty();
    }
    double mean = StatUtils.mean(places);
    double spread = spread(places);
    return Optional.of(
        estimate(gauge.back(mean), places.length, n -> gauge.back(interval(mean, spread, n))));
  }

  /**
   * The mean difference of two groups over the seeds both have: on the scale, {@code d = on(a) −
   * on(b)} by seed; told in the metric's unit at the baseline's level, {@code back(m + d) −
   * back(m)} with m the baseline's mean on the scale.
   *
   * @param gauge the metric's scale
   * @param group value by seed
   * @param baseline value by seed
   * @return the estimate; empty if no seed has a value in both
   */
  public static Optional<Estimate> difference(
      Gauge gauge, Map<Long, Double> group, Map<Long, Double> baseline) {
    return difference(gauge, group, baseline, Better.NEITHER);
  }

  /**
   * The same, which also knows the worst difference there could have been: the group at the end of
   * the metric's range that is worse, against the baseline's mean.
   *
   * @param better which end that is not
   */
  public static Optional<Estimate> difference(
      Gauge gauge, Map<Long, Double> group, Map<Long, Double> baseline, Better better) {
    Pairs pairs = Pairs.of(gauge, group, baseline);
    if (pairs.count() == 0) {
      return Optional.empty();
    }
    double mean = StatUtils.mean(pairs.differences());
    double spread = spread(pairs.differences());
    Estimate difference =
        estimate(
            pairs.told(mean),
            pairs.count(),
            n -> {
              Interval places = interval(mean, spread, n);
              return new Interval(pairs.told(places.low()), pairs.told(places.high()));
            });
    return Optional.of(difference.noWorseThan(gauge.worst(better) - gauge.back(pairs.level())));
  }

  /**
   * A share in percent with the interval of Clopper and Pearson, which covers the truth at least as
   * often as it says.
   *
   * @param successes how many of the trials
   * @param trials at least 1
   * @return the estimate
   */
  public static Estimate share(int successes, int trials) {
    double share = (double) successes / trials;
    return estimate(
        100 * share,
        trials,
        n -> {
          int hits = (int) Math.round(share * n);
          return clopperPearson(hits, n);
        });
  }

  /**
   * The difference of two shares in percentage points, with Newcombe's interval from those of
   * Wilson (Statistics in Medicine 17, 1998, method 10).
   *
   * @param hits successes of the one
   * @param trials its trials
   * @param baselineHits successes of the other
   * @param baselineTrials its trials
   * @return the estimate; its n is the smaller number of trials
   */
  public static Estimate shareDifference(
      int hits, int trials, int baselineHits, int baselineTrials) {
    double first = (double) hits / trials;
    double second = (double) baselineHits / baselineTrials;
    return estimate(
        100 * (first - second), Math.min(trials, baselineTrials), n -> newcombe(first, second, n));
  }

  /**
   * Wilson's interval of a share, in percent; for tables.
   *
   * @param successes how many of the trials
   * @param trials how many
   * @return the interval; empty below three trials
   */
  public static Optional<Interval> wilson(int successes, int trials) {
    return trials < Estimate.FEWEST
        ? Optional.empty()
        : Optional.of(wilson((double) successes / trials, trials));
  }

  /** By the quantiles of the beta distribution; the library's own fails for none and for all. */
  private static Interval clopperPearson(int hits, int n) {
    double low =
        hits == 0
            ? 0
            : new BetaDistribution(hits, n - hits + 1.0)
                .inverseCumulativeProbability(1 - UPPER_TAIL);
    double high =
        hits == n
            ? 1
            : new BetaDistribution(hits + 1.0, n - hits).inverseCumulativeProbability(UPPER_TAIL);
    return new Interval(100 * low, 100 * high);
  }

  private static Interval newcombe(double first, double second, int n) {
    Interval one = wilson(first, n);
    Interval two = wilson(second, n);
    double difference = 100 * (first - second);
    double below = Math.hypot(100 * first - one.low(), two.high() - 100 * second);
    double above = Math.hypot(one.high() - 100 * first, 100 * second - two.low());
    return new Interval(Math.max(-100, difference - below), Math.min(100, difference + above));
  }

  private static Interval wilson(double share, int n) {
    return percent(BinomialProportion.getWilsonScoreInterval(n, share, CONFIDENCE));
  }

  private static Interval percent(ConfidenceInterval shares) {
    return new Interval(
        100 * Math.max(0, shares.getLowerBound()), 100 * Math.min(1, shares.getUpperBound()));
  }

  private static Estimate estimate(double value, int n, IntFunction<Interval> at) {
    IntFunction<Optional<Interval>> foreseen =
        runs -> runs < Estimate.FEWEST ? Optional.empty() : Optional.of(at.apply(runs));
    return new Estimate(value, foreseen.apply(n), n, foreseen, Double.NaN);
  }

  private static Interval interval(double mean, double spread, int n) {
    double t = new TDistribution(n - 1.0).inverseCumulativeProbability(UPPER_TAIL);
    double half = t * spread / Math.sqrt(n);
    return new Interval(mean - half, mean + half);
  }

  private static double spread(double[] places) {
    return places.length < 2 ? 0 : Math.sqrt(StatUtils.variance(places));
  }

  /**
   * Differences on a scale by seed.
   *
   * @param gauge the scale
   * @param level the baseline's mean on the scale
   * @param differences a difference a seed
   */
  record Pairs(Gauge gauge, double level, double[] differences) {
    static Pairs of(Gauge gauge, Map<Long, Double> group, Map<Long, Double> baseline) {
      TreeSet<Long> seeds = new TreeSet<>(group.keySet());
      seeds.retainAll(baseline.keySet());
      seeds.removeIf(seed -> !gauge.takes(group.get(seed)) || !gauge.takes(baseline.get(seed)));
      double[] ours = seeds.stream().mapToDouble(seed -> gauge.on(group.get(seed))).toArray();
      double[] base = seeds.stream().mapToDouble(seed -> gauge.on(baseline.get(seed))).toArray();
      double[] differences = new double[ours.length];
      for (int i = 0; i < ours.length; i++) {
        differences[i] = ours[i] - base[i];
      }
      return new Pairs(gauge, StatUtils.mean(base), differences);
    }

    int count() {
      return differences.length;
    }

    double told(double difference) {
      return gauge.back(level + difference) - gauge.back(level);
    }
  }
}
