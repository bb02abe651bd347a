package org.normfree.experiments.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.sweep.TrialResult;

/** Makes an experiment's table from its runs: one row a method, setting and metric. */
public final class SummaryBuilder {
  private final String experiment;
  private final List<SummaryRow> rows = new ArrayList<>();

  private record RowKey(String method, Map<String, String> setting) {}

  /**
   * @param experiment the experiment's name
   */
  public SummaryBuilder(String experiment) {
    this.experiment = experiment;
  }

  /**
   * Adds a row for every method and setting among the runs, in the order they first come. Runs of
   * the phase {@code search} are left out; a run that did not reach its end counts as diverged and
   * stays out of the mean.
   *
   * @param results the runs
   * @param metric one of the runs' final values
   * @param published printed numbers to put beside the means
   * @return this builder
   */
  public SummaryBuilder runs(List<TrialResult> results, String metric, Published published) {
    return rows(results, metric, published, Statistics::meanInterval);
  }

  /**
   * Adds rows of a correlation coefficient, one value a run, whose interval stays within [-1, 1]:
   * Student's t on Fisher's z.
   *
   * @param results the runs
   * @param metric one of the runs' final values, in [-1, 1]
   * @return this builder
   */
  public SummaryBuilder correlations(List<TrialResult> results, String metric) {
    return rows(results, metric, Published.none(), Statistics::correlationInterval);
  }

  private SummaryBuilder rows(
      List<TrialResult> results,
      String metric,
      Published published,
      Function<List<Double>, Optional<Statistics.Interval>> interval) {
    Map<RowKey, List<TrialResult>> groups = new LinkedHashMap<>();
    for (TrialResult result : results) {
      Trial trial = result.trial();
      if (trial.phase().equals(Trial.FINAL)) {
        groups
            .computeIfAbsent(new RowKey(trial.method(), trial.setting()), key -> new ArrayList<>())
            .add(result);
      }
    }
    groups.forEach((key, runs) -> rows.add(row(key, runs, metric, published, interval)));
    return this;
  }

  /**
   * @param row a row made otherwise
   * @return this builder
   */
  public SummaryBuilder row(SummaryRow row) {
    rows.add(row);
    return this;
  }

  /** The table. */
  public Summary build() {
    return new Summary(experiment, List.copyOf(rows));
  }

  private static SummaryRow row(
      RowKey key,
      List<TrialResult> runs,
      String metric,
      Published published,
      Function<List<Double>, Optional<Statistics.Interval>> interval) {
    List<Double> values =
        runs.stream()
            .filter(TrialResult::done)
            .map(run -> run.outcome().values().get(metric))
            .filter(Objects::nonNull)
            .filter(Double::isFinite)
            .toList();
    Optional<Published.Entry> printed = published.find(key.method);
    return new SummaryRow(
        key.method,
        key.setting,
        metric,
        values.isEmpty() ? null : Statistics.mean(values),
        interval.apply(values).map(ci -> List.of(ci.low(), ci.high())).orElse(null),
        values.size(),
        runs.stream().map(run -> run.trial().seed()).toList(),
        (int) runs.stream().filter(run -> !run.done()).count(),
        printed.map(Published.Entry::value).orElse(null),
        printed.map(Published.Entry::source).orElse(null));
  }
}
