package org.normfree.experiments.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.ScoreMatrix;

/**
 * What is said of methods over several studies: a task is a study's primary metric at one value of
 * its conditions, scaled so that its worst run has 0 and its best 1. Methods count that all tasks
 * have.
 */
public final class AcrossStudies {
  /** The name of its summary. */
  public static final String NAME = "across-studies";

  private static final double[] BOUNDS = {0.25, 0.5, 0.75, 0.9};

  private static final Metric MEAN =
      new Metric(
          "interquartile_mean",
          "interquartile mean of scores",
          "",
          Better.HIGHER,
          Scale.LINEAR,
          0.0,
          1.0);
  private static final Metric IMPROVEMENT =
      Metric.percent("improvement", "probability to be better than the baseline");
  private static final Metric PROFILE = Metric.percent("profile", "runs above a score");

  private AcrossStudies() {}

  /** Where scores come from: a study and the conditions in it. */
  private record Task(String study, Map<String, String> conditions) {}

  /**
   * @param summaries summaries of studies
   * @param baseline the method that others are compared with
   * @return their common summary; empty if fewer than two tasks have two methods in common
   */
  public static Optional<Summary> of(List<Summary> summaries, String baseline) {
    Map<Task, Map<String, double[]>> tasks = new LinkedHashMap<>();
    for (Summary summary : summaries) {
      tasks(summary, baseline).forEach(tasks::put);
    }
    if (tasks.size() < 2) {
      return Optional.empty();
    }
    Set<String> methods = new LinkedHashSet<>(tasks.values().iterator().next().keySet());
    tasks.values().forEach(task -> methods.retainAll(task.keySet()));
    if (methods.size() < 2 || !methods.contains(baseline)) {
      return Optional.empty();
    }
    Map<String, List<double[]>> scores = new LinkedHashMap<>();
    for (String method : methods) {
      scores.put(method, tasks.values().stream().map(task -> task.get(method)).toList());
    }
    return Optional.of(summary(new ScoreMatrix(scores), baseline, tasks.keySet()));
  }

  private static Summary summary(ScoreMatrix matrix, String baseline, Set<Task> tasks) {
    List<SummaryRow> rows = new ArrayList<>();
    for (String method : matrix.scores().keySet()) {
      rows.add(row(method, Map.of(), MEAN, matrix.interquartileMean(method)));
    }
    for (String method : matrix.scores().keySet()) {
      if (!method.equals(baseline)) {
        rows.add(row(method, Map.of(), IMPROVEMENT, matrix.improvement(method, baseline)));
      }
    }
    for (String method : matrix.scores().keySet()) {
      for (double bound : BOUNDS) {
        rows.add(
            row(
                method,
                Map.of("score", String.valueOf(bound)),
                PROFILE,
                matrix.profile(method, bound)));
      }
    }
    List<String> names = tasks.stream().map(Task::study).distinct().toList();
    return new Summary(
        NAME,
        "Which methods are best over all of %s?".formatted(String.join(", ", names)),
        null,
        null,
        List.of(MEAN, IMPROVEMENT, PROFILE),
        Baseline.of(baseline),
        List.of(new Axis("score", "score", Axis.Role.CONDITION, Axis.Kind.LINEAR, Map.of())),
        List.of(
            FigureSpec.of(FigureSpec.INTERVALS, MEAN.name(), "method"),
            FigureSpec.of(FigureSpec.LINES, PROFILE.name(), "score")),
        List.of(),
        rows);
  }

  private static SummaryRow row(
      String method, Map<String, String> setting, Metric metric, Estimate estimate) {
    return new SummaryRow(
        method,
        setting,
        metric.name(),
        estimate.value(),
        estimate.interval().map(Interval::ends).orElse(null),
        estimate.n(),
        List.of(),
        0,
        null,
        null);
  }

  private static Map<Task, Map<String, double[]>> tasks(Summary summary, String baseline) {
    Map<Task, Map<String, double[]>> tasks = new LinkedHashMap<>();
    if (summary.metrics().isEmpty()) {
      return tasks;
    }
    Metric primary = summary.metrics().get(0);
    if (primary.better() == Better.NEITHER) {
      return tasks;
    }
    for (SummaryRow row : summary.rows()) {
      if (row.metric().equals(primary.name()) && plain(summary, row)) {
        double[] values =
            row.values().stream().filter(Objects::nonNull).mapToDouble(v -> v).toArray();
        if (values.length > 0) {
          tasks
              .computeIfAbsent(
                  new Task(summary.experiment(), conditions(summary, row)),
                  task -> new LinkedHashMap<>())
              .put(row.method(), values);
        }
      }
    }
    tasks.values().removeIf(methods -> methods.size() < 2 || !methods.containsKey(baseline));
    tasks.values().forEach(methods -> scale(methods, primary.better() == Better.LOWER));
    return tasks;
  }

  /** A method as it is, without a variant. */
  private static boolean plain(Summary summary, SummaryRow row) {
    return row.setting().keySet().stream()
        .noneMatch(key -> summary.axis(key).role() == Axis.Role.VARIANT);
  }

  private static Map<String, String> conditions(Summary summary, SummaryRow row) {
    Map<String, String> conditions = new LinkedHashMap<>(row.setting());
    conditions.keySet().removeIf(key -> summary.axis(key).role() != Axis.Role.CONDITION);
    return conditions;
  }

  private static void scale(Map<String, double[]> methods, boolean less) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] runs : methods.values()) {
      for (double value : runs) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    double span = high - low;
    for (double[] runs : methods.values()) {
      for (int i = 0; i < runs.length; i++) {
        double share = span == 0 ? 0.5 : (runs[i] - low) / span;
        runs[i] = less ? 1 - share : share;
      }
    }
  }
}
