package org.normfree.experiments.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hipparchus.stat.descriptive.rank.Percentile;
import org.hipparchus.stat.inference.TTest;

/** Tests of paired differences, their correction for many comparisons, and test-set noise. */
public final class Tests {
  private static final int MOST_EXACT = 16;
  private static final int RESAMPLES = 2000;
  private static final int NESTED = 1000;

  private Tests() {}

  /**
   * Two-sided p of Student's t test of the paired differences on the metric's scale.
   *
   * @return p; empty below three pairs, and where all differences are equal and not zero
   */
  public static Optional<Double> paired(
      Gauge gauge, Map<Long, Double> group, Map<Long, Double> baseline) {
    double[] differences = Estimates.Pairs.of(gauge, group, baseline).differences();
    if (differences.length < Estimate.FEWEST) {
      return Optional.empty();
    }
    double p = new TTest().tTest(0, differences);
    return Double.isNaN(p) ? Optional.empty() : Optional.of(p);
  }

  /**
   * Two-sided p of the sign-flip permutation test: the share of all ways to exchange the two groups
   * within pairs whose mean difference is at least as large. All of them up to 16 pairs, 65,536 at
   * random above.
   *
   * @return p; empty without pairs
   */
  public static Optional<Double> permutation(
      Gauge gauge, Map<Long, Double> group, Map<Long, Double> baseline) {
    double[] differences = Estimates.Pairs.of(gauge, group, baseline).differences();
    int n = differences.length;
    if (n == 0) {
      return Optional.empty();
    }
    double seen = Math.abs(sum(differences, 0)) * (1 - 1e-12);
    SplittableRandom random = new SplittableRandom(n);
    int ways = 1 << Math.min(n, MOST_EXACT);
    long asLarge =
        IntStream.range(0, ways)
            .mapToLong(way -> n <= MOST_EXACT ? way : random.nextLong())
            .filter(flips -> Math.abs(sum(differences, flips)) >= seen)
            .count();
    return Optional.of((double) asLarge / ways);
  }

  private static double sum(double[] differences, long flips) {
    double sum = 0;
    for (int i = 0; i < differences.length; i++) {
      sum += (flips >>> (i % Long.SIZE) & 1) == 0 ? differences[i] : -differences[i];
    }
    return sum;
  }

  /**
   * Holm's step-down correction.
   *
   * @param p the values of all comparisons
   * @return the corrected ones in the same order, at most 1
   */
  public static List<Double> holm(List<Double> p) {
    List<Integer> order =
        IntStream.range(0, p.size()).boxed().sorted(Comparator.comparing(p::get)).toList();
    List<Double> corrected = new ArrayList<>(p);
    double largest = 0;
    for (int rank = 0; rank < order.size(); rank++) {
      largest = Math.max(largest, Math.min(1, (p.size() - rank) * p.get(order.get(rank))));
      corrected.set(order.get(rank), largest);
    }
    return corrected;
  }

  /**
   * What the choice of test items leaves open: the 95 % percentile interval of a mean difference
   * over 2,000 resamples of the items, both sides on the same items.
   *
   * @param group one number an item
   * @param baseline one number an item, in the same order
   * @return the interval; empty if the sides have not the same items
   */
  public static Optional<Interval> overItems(double[] group, double[] baseline) {
    int items = group.length;
    if (items == 0 || items != baseline.length) {
      return Optional.empty();
    }
    SplittableRandom random = new SplittableRandom(items);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double sum = 0;
      for (int i = 0; i < items; i++) {
        int item = random.nextInt(items);
        sum += group[item] - baseline[item];
      }
      means[r] = sum / items;
    }
    return Optional.of(percentiles(means));
  }

  /**
   * What the choices of seeds and of test items leave open, for a score that is no mean over items,
   * as BLEU: the 95 % percentile interval of the difference over 1,000 resamples of the seeds and,
   * within them, of the items; both sides on the same seeds and items.
   *
   * @param <T> what is known of an item
   * @param group by seed what is known of each item
   * @param baseline by seed the same, of the same items in the same order
   * @param score of some items
   * @return the interval; empty below three seeds that both have, or if the items differ
   */
  public static <T> Optional<Interval> overSeedsAndItems(
      Map<Long, List<T>> group, Map<Long, List<T>> baseline, ToDoubleFunction<List<T>> score) {
    List<Long> seeds = group.keySet().stream().filter(baseline::containsKey).sorted().toList();
    List<Integer> sizes =
        Stream.of(group, baseline)
            .flatMap(side -> seeds.stream().map(seed -> side.get(seed).size()))
            .distinct()
            .toList();
    if (seeds.size() < Estimate.FEWEST || sizes.size() != 1 || sizes.get(0) == 0) {
      return Optional.empty();
    }
    int items = sizes.get(0);
    SplittableRandom random = new SplittableRandom(items);
    double[] differences = new double[NESTED];
    for (int r = 0; r < NESTED; r++) {
      for (int k = 0; k < seeds.size(); k++) {
        Long seed = seeds.get(random.nextInt(seeds.size()));
        int[] drawn = random.ints(items, 0, items).toArray();
        differences[r] +=
            (score.applyAsDouble(drawn(group.get(seed), drawn))
                    - score.applyAsDouble(drawn(baseline.get(seed), drawn)))
                / seeds.size();
      }
    }
    return Optional.of(percentiles(differences));
  }

  private static <T> List<T> drawn(List<T> items, int[] which) {
    return Arrays.stream(which).mapToObj(items::get).toList();
  }

  private static Interval percentiles(double[] values) {
    Percentile percentile = new Percentile();
    percentile.setData(values);
    return new Interval(percentile.evaluate(2.5), percentile.evaluate(97.5));
  }
}
