package org.normfree.plots.figure;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.stats.MeanCurve;

/**
 * A value that runs recorded of a split of the data, over training. What it is called, its unit and
 * its scale are those of the summary's metric of that value, on whatever split that is.
 */
final class RecordedValue {
  private static final int MOST_POINTS = 300;

  private final String split;
  private final Metric metric;
  private final Map<Path, NavigableMap<Long, Double>> curves = new LinkedHashMap<>();
  private boolean thinned;

  /**
   * @param split a split of the data, {@code train} for example
   * @param value the value's name in {@code metrics.jsonl}
   */
  RecordedValue(Experiment experiment, String split, String value) {
    this.split = split;
    for (Run run : experiment.finalRuns()) {
      NavigableMap<Long, Double> finite = new TreeMap<>(run.curve(MetricLine.METRIC, split, value));
      finite.values().removeIf(v -> !Double.isFinite(v));
      if (!finite.isEmpty()) {
        thinned |= finite.size() > MOST_POINTS;
        curves.put(run.folder(), new TreeMap<>(MeanCurve.thinned(finite, MOST_POINTS)));
      }
    }
    metric = metric(experiment.summary(), split, value);
    asPercent();
  }

  private Metric metric(Summary summary, String split, String value) {
    Optional<Metric> described =
        Stream.of(split, "validation", "test", "train")
            .map(other -> other + "_" + value)
            .flatMap(name -> summary.metrics().stream().filter(m -> m.name().equals(name)))
            .findFirst();
    Metric known = described.orElseGet(() -> Described.metric(summary, value, curves.values()));
    String title = known.title().replaceFirst("^(?:test|validation|training|train) ", "");
    return new Metric(
        known.name(),
        words(split) + " " + title,
        known.unit(),
        known.better(),
        known.scale(),
        known.lower(),
        known.upper());
  }

  private static String words(String split) {
    return split.equals("train") ? "training" : split;
  }

  /** Runs record shares as fractions, summaries in percent. */
  private void asPercent() {
    boolean fractions =
        metric.unit().equals("%")
            && curves.values().stream()
                .flatMap(curve -> curve.values().stream())
                .allMatch(value -> value <= 1);
    if (fractions) {
      curves.values().forEach(curve -> curve.replaceAll((step, value) -> 100 * value));
    }
  }

  String split() {
    return split;
  }

  String splitWords() {
    return words(split);
  }

  Metric metric() {
    return metric;
  }

  boolean thinned() {
    return thinned;
  }

  /** Value by step of every run that recorded it, by the runs' folders. */
  Map<Path, NavigableMap<Long, Double>> curves() {
    return curves;
  }
}
