package org.normfree.experiments.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.hipparchus.stat.descriptive.rank.Percentile;

/**
 * Scores of methods on tasks, several runs each, and what is said over all tasks. Source: Agarwal
 * and others, "Deep Reinforcement Learning at the Edge of the Statistical Precipice", arXiv
 * 2108.13264: interquartile mean, probability of improvement and performance profile, with
 * percentile intervals of a bootstrap that resamples runs within each task.
 *
 * @param scores for each method, for each task in the same order, a score a run; more is better
 */
public record ScoreMatrix(Map<String, List<double[]>> scores) {
  private static final int RESAMPLES = 2000;

  /**
   * The mean of the middle half of all runs of a method.
   *
   * @param method a method of the matrix
   * @return it with its interval
   */
  public Estimate interquartileMean(String method) {
    return bootstrapped(List.of(method), sample -> interquartileMean(sample.get(0)));
  }

  /**
   * How likely a run of one method is better than a run of another on the same task, in percent,
   * averaged over tasks; ties count half.
   *
   * @param method a method of the matrix
   * @param than another
   * @return it with its interval
   */
  public Estimate improvement(String method, String than) {
    return bootstrapped(List.of(method, than), sample -> improvement(sample.get(0), sample.get(1)));
  }

  /**
   * The performance profile: the share of a method's runs, in percent, that score above a bound,
   * averaged over tasks.
   *
   * @param method a method of the matrix
   * @param bound a score
   * @return it with its interval
   */
  public Estimate profile(String method, double bound) {
    return bootstrapped(
        List.of(method),
        sample ->
            sample.get(0).stream()
                .mapToDouble(
                    runs ->
                        100.0 * Arrays.stream(runs).filter(s -> s > bound).count() / runs.length)
                .average()
                .orElseThrow());
  }

  private static double interquartileMean(List<double[]> tasks) {
    double[] all = tasks.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    double quarter = all.length / 4.0;
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < all.length; i++) {
      // a run that lies across a quartile counts with its part inside
      double weight = Math.min(i + 1, all.length - quarter) - Math.max(i, quarter);
      if (weight > 0) {
        sum += weight * all[i];
        weights += weight;
      }
    }
    return sum / weights;
  }

  private static double improvement(List<double[]> ours, List<double[]> theirs) {
    double sum = 0;
    for (int task = 0; task < ours.size(); task++) {
      double better = 0;
      for (double a : ours.get(task)) {
        for (double b : theirs.get(task)) {
          better += a > b ? 1 : a == b ? 0.5 : 0;
        }
      }
      sum += better / ours.get(task).length / theirs.get(task).length;
    }
    return 100 * sum / ours.size();
  }

  private Estimate bootstrapped(
      List<String> methods, ToDoubleFunction<List<List<double[]>>> statistic) {
    List<List<double[]>> seen = methods.stream().map(scores::get).toList();
    int fewest =
        seen.stream().flatMap(List::stream).mapToInt(runs -> runs.length).min().orElseThrow();
    double value = statistic.applyAsDouble(seen);
    if (fewest < Estimate.FEWEST) {
      return Estimate.exact(value, fewest);
    }
    SplittableRandom random = new SplittableRandom(fewest);
    double[] values = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      List<List<double[]>> sample = new ArrayList<>();
      for (List<double[]> tasks : seen) {
        sample.add(tasks.stream().map(runs -> resampled(runs, random)).toList());
      }
      values[i] = statistic.applyAsDouble(sample);
    }
    Percentile percentile = new Percentile();
    percentile.setData(values);
    return Estimate.of(
        value,
        new Interval(
            Math.min(value, percentile.evaluate(2.5)), Math.max(value, percentile.evaluate(97.5))),
        fewest);
  }

  private static double[] resampled(double[] runs, SplittableRandom random) {
    return random.ints(runs.length, 0, runs.length).mapToDouble(i -> runs[i]).toArray();
  }
}
