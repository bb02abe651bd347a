package org.normfree.experiments.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.normfree.core.record.Axis;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.run.RecordedRun;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;

/**
 * The runs of both sides of a comparison as those of one experiment, which sets them apart by the
 * side they come from: what draws experiments draws their curves on top of each other.
 */
final class OverlaidCurves {
  /** The name of the experiment, and so of its figures. */
  static final String NAME = "compare";

  /** The key in a run's setting that names its side. */
  static final String SIDE = "side";

  private static final List<String> DRAWN = List.of("loss", "accuracy");

  private final Path folder;
  private final Set<String> recorded = new TreeSet<>();
  private final List<SummaryRow> rows = new ArrayList<>();

  private OverlaidCurves(Path folder) {
    this.folder = folder;
  }

  /**
   * @param a the one side
   * @param b the other
   * @param folder an empty folder, to which the runs' metrics are copied
   * @return whether there is anything to draw
   */
  static boolean write(Side a, Side b, Path folder) {
    OverlaidCurves curves = new OverlaidCurves(folder.resolve(NAME));
    curves.add("A", a);
    curves.add("B", b);
    List<FigureSpec> figures =
        DRAWN.stream()
            .filter(curves.recorded::contains)
            .map(value -> FigureSpec.of(FigureSpec.CURVES, value, "step"))
            .toList();
    if (figures.isEmpty()) {
      return false;
    }
    curves.write(a, b, figures);
    return true;
  }

  private void add(String letter, Side side) {
    for (Map.Entry<RecordedRun, Trial> entry : side.runs().entrySet()) {
      RecordedRun run = entry.getKey();
      byte[] metrics = run.metrics().orElse(new byte[0]);
      if (!run.state().isFinished() || metrics.length == 0) {
        continue;
      }
      recorded.addAll(values(metrics));
      Trial trial = entry.getValue();
      Path copy = folder.resolve(RunFiles.RUNS).resolve(letter + "-" + run.id());
      put(
          copy.resolve(RunFiles.TRIAL),
          Json.pretty(
              new Trial(
                  NAME,
                  trial.method(),
                  marked(trial.setting(), letter),
                  trial.seed(),
                  Trial.FINAL)));
      put(copy.resolve(RunFiles.METRICS), metrics);
      put(
          copy.resolve(
              (run.state() == RecordedRun.State.DONE ? Marker.DONE : Marker.DIVERGED).name()),
          run.note().getBytes(StandardCharsets.UTF_8));
    }
    side.values()
        .forEach(
            (key, bySeed) ->
                rows.add(
                    new SummaryRow(
                        key.method(),
                        marked(key.setting(), letter),
                        key.metric(),
                        mean(side, key.metric(), bySeed),
                        null,
                        bySeed.size(),
                        List.copyOf(bySeed.keySet()),
                        List.copyOf(bySeed.values()),
                        0,
                        null,
                        null,
                        null,
                        null,
                        false)));
  }

  private static Double mean(Side side, String metric, Map<Long, Double> values) {
    Gauge gauge = Gauge.of(side.metric(metric).orElseGet(() -> Metric.number(metric, metric, "")));
    return Estimates.mean(gauge, List.copyOf(values.values())).map(Estimate::value).orElse(null);
  }

  private void write(Side a, Side b, List<FigureSpec> figures) {
    Map<String, Axis> axes = new LinkedHashMap<>();
    axes.put(
        SIDE,
        Axis.variant(SIDE, "side").with(new TreeMap<>(Map.of("A", a.shown(), "B", b.shown()))));
    Map<String, Metric> metrics = new LinkedHashMap<>();
    for (Side side : List.of(a, b)) {
      side.summary()
          .ifPresent(
              summary -> summary.axes().forEach(axis -> axes.putIfAbsent(axis.name(), axis)));
      side.metrics().forEach(metric -> metrics.putIfAbsent(metric.name(), metric));
    }
    Summary summary =
        new Summary(
            NAME,
            "How do %s (A) and %s (B) differ?".formatted(a.shown(), b.shown()),
            null,
            null,
            List.copyOf(metrics.values()),
            null,
            List.copyOf(axes.values()),
            figures,
            List.of(),
            rows);
    put(folder.resolve(RunFiles.SUMMARY), Json.pretty(summary));
  }

  private static Map<String, String> marked(Map<String, String> setting, String letter) {
    Map<String, String> marked = new TreeMap<>(setting);
    marked.put(SIDE, letter);
    return marked;
  }

  /** Names of what was measured of data splits. */
  private static Set<String> values(byte[] metrics) {
    Set<String> names = new TreeSet<>();
    for (String line : new String(metrics, StandardCharsets.UTF_8).lines().toList()) {
      try {
        MetricLine read = Json.MAPPER.readValue(line, MetricLine.class);
        if (MetricLine.METRIC.equals(read.kind())) {
          names.addAll(read.values().keySet());
        }
      } catch (JsonProcessingException e) {
        // cut short; what draws it says so
      }
    }
    return names;
  }

  private static void put(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
