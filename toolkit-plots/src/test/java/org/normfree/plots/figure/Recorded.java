package org.normfree.plots.figure;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;

/** Experiments in memory whose names, metrics and axes no class of the project knows. */
final class Recorded {
  static final String NAME = "bridges";

  private Recorded() {}

  static SummaryRow row(String method, Map<String, String> setting, String metric, double... of) {
    double mean = Arrays.stream(of).average().orElseThrow();
    List<Double> values = Arrays.stream(of).boxed().toList();
    return new SummaryRow(
        method,
        setting,
        metric,
        mean,
        of.length < 3 ? null : List.of(0.8 * mean, 1.2 * mean),
        of.length,
        LongStream.rangeClosed(1, of.length).boxed().toList(),
        values,
        0,
        null,
        null,
        null,
        null,
        false);
  }

  static Run run(String method, Map<String, String> setting, long seed, List<MetricLine> lines) {
    String id = method + setting + seed;
    return new Run(
        id,
        Path.of("nowhere", Integer.toString(id.hashCode())),
        new Trial(NAME, method, setting, seed, Trial.FINAL),
        Optional.of(Marker.DONE),
        "",
        Map.of(),
        Map.of(),
        lines,
        Optional.empty());
  }

  static MetricLine probe(long step, String layer, Map<String, Double> values) {
    return new MetricLine(MetricLine.PROBE, step, 0, layer, values);
  }

  static Experiment experiment(
      List<Metric> metrics,
      Baseline baseline,
      List<Axis> axes,
      List<FigureSpec> figures,
      List<SummaryRow> rows,
      List<Run> runs) {
    return new Experiment(
        NAME,
        Path.of("nowhere"),
        new Summary(NAME, "", null, null, metrics, baseline, axes, figures, List.of(), rows),
        Map.of(),
        Map.of(),
        runs);
  }
}
