package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.statistics.Statistics;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.TrialResult;

/**
 * How something that single steps of several optimizers do grows with depth: its size at every
 * depth, and the slope of log size over log depth. A run measures all depths of one architecture,
 * method and seed; the setting of its trial names the architecture.
 *
 * @param size the metric of a size, to which the depth is added: {@code size:12}
 * @param slope the metric of the slope
 * @param optimizers whose steps are looked at
 */
record DepthGrowth(String size, String slope, List<String> optimizers) {
  /** Key of the architecture in a trial's setting. */
  static final String ARCH = "arch";

  private static final String OPTIMIZER = "optimizer";

  /** What is measured in one network. */
  @FunctionalInterface
  interface Measurement {
    /**
     * @param depth how deep the network is
     * @return the size by optimizer
     */
    Map<String, Double> at(int depth);
  }

  /**
   * Measures every depth.
   *
   * @param depths depths of the networks
   * @param progress is told how far it is
   * @param measurement measures a network
   * @return a run's values: sizes, and slopes where there are two depths or more and something
   *     moves at all of them
   */
  Map<String, Double> values(
      List<Integer> depths, Progress.Part progress, Measurement measurement) {
    Map<String, List<Double>> sizes = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    long total = depths.stream().mapToLong(depth -> depth).sum();
    long done = 0;
    for (int depth : depths) {
      Map<String, Double> measured = measurement.at(depth);
      for (String optimizer : optimizers) {
        double found = measured.get(optimizer);
        sizes.computeIfAbsent(optimizer, key -> new ArrayList<>()).add(found);
        values.put(value(metric(depth), optimizer), found);
      }
      done += depth;
      progress.report(done, total);
    }
    sizes.forEach(
        (optimizer, of) -> {
          if (of.size() > 1 && !of.contains(0.0)) {
            values.put(value(slope, optimizer), logLogSlope(depths, of));
          }
        });
    return values;
  }

  /**
   * Adds a row for every architecture, optimizer and method: first the slopes, then the sizes.
   *
   * @param table the table
   * @param results runs with {@link #values}
   * @param depths depths of any of the architectures
   */
  void addTo(SummaryBuilder table, List<TrialResult> results, List<Integer> depths) {
    Map<Place, List<TrialResult>> places = new LinkedHashMap<>();
    for (TrialResult result : results) {
      String arch = result.trial().setting().get(ARCH);
      places
          .computeIfAbsent(new Place(arch, result.trial().method()), key -> new ArrayList<>())
          .add(result);
    }
    List<String> metrics = new ArrayList<>(List.of(slope));
    depths.stream().distinct().map(this::metric).forEach(metrics::add);
    for (String metric : metrics) {
      places.forEach(
          (place, runs) -> {
            for (String optimizer : optimizers) {
              if (runs.stream().anyMatch(run -> has(run, value(metric, optimizer)))) {
                table.row(row(place, runs, metric, optimizer));
              }
            }
          });
    }
  }

  private record Place(String arch, String method) {}

  private static boolean has(TrialResult run, String value) {
    return run.done() && run.outcome().values().containsKey(value);
  }

  private static SummaryRow row(
      Place place, List<TrialResult> runs, String metric, String optimizer) {
    List<Double> all =
        runs.stream()
            .filter(TrialResult::done)
            .map(run -> run.outcome().values().get(value(metric, optimizer)))
            .filter(Objects::nonNull)
            .toList();
    List<Double> values = all.stream().filter(Double::isFinite).toList();
    long ended = runs.stream().filter(TrialResult::done).count();
    return new SummaryRow(
        place.method,
        Map.of(ARCH, place.arch, OPTIMIZER, optimizer),
        metric,
        values.isEmpty() ? null : Statistics.mean(values),
        Statistics.meanInterval(values).map(ci -> List.of(ci.low(), ci.high())).orElse(null),
        values.size(),
        runs.stream().map(run -> run.trial().seed()).toList(),
        (int) (runs.size() - ended) + all.size() - values.size(),
        null,
        null);
  }

  private String metric(int depth) {
    return size + ":" + depth;
  }

  private static String value(String metric, String optimizer) {
    return metric + "/" + optimizer;
  }

  /** Least squares of log size on log depth; NaN if a size is not finite or not above 0. */
  static double logLogSlope(List<Integer> depths, List<Double> sizes) {
    List<Double> x = depths.stream().map(depth -> Math.log(depth)).toList();
    List<Double> y = sizes.stream().map(Math::log).toList();
    double meanX = Statistics.mean(x);
    double meanY = Statistics.mean(y);
    double product = 0;
    double square = 0;
    for (int i = 0; i < x.size(); i++) {
      product += (x.get(i) - meanX) * (y.get(i) - meanY);
      square += (x.get(i) - meanX) * (x.get(i) - meanX);
    }
    double slope = product / square;
    return Double.isFinite(slope) ? slope : Double.NaN;
  }
}
