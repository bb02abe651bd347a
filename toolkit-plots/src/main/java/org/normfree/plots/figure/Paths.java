package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.normfree.core.record.Axis;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.chart.Sheet;
import org.normfree.plots.stats.MeanCurve;

/**
 * How far networks of several depths move over their first steps (arXiv 2203.00555, figure 5): a
 * figure a setting of the runs, a row a recorded value (an optimizer), a panel a method, a line a
 * depth; the panels of a row share their axes.
 */
final class Paths {
  private static final double HEIGHT = 108;
  private static final String DEPTH_AXIS = "depth";

  private final Summary summary;
  private final String words;
  private final Map<String, List<Run>> methods;
  private final List<String> depths;
  private final List<String> values;
  private final Metric metric;
  private final DataTable.Builder data =
      new DataTable.Builder("value", "method", "depth", "step", "mean", "low", "high", "n");

  private Paths(Summary summary, FigureSpec asked, String words, Map<String, List<Run>> methods) {
    this.summary = summary;
    this.words = words;
    this.methods = methods;
    Metric described = summary.metric(asked.metric());
    metric =
        asked.metric().isEmpty()
            ? Metric.size("", "change of the output since the start", "")
            : Metric.size(described.name(), described.title(), described.unit());
    List<MetricLine> lines =
        methods.values().stream()
            .flatMap(List::stream)
            .flatMap(run -> run.metrics().stream())
            .filter(Paths::isOfDepth)
            .toList();
    depths = Values.ordered(lines.stream().map(Paths::depth).toList());
    Set<String> names = new LinkedHashSet<>();
    lines.forEach(line -> names.addAll(new TreeMap<>(line.values()).descendingKeySet()));
    values = List.copyOf(names);
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    Summary summary = experiment.summary();
    List<String> order = summary.rows().stream().map(SummaryRow::method).distinct().toList();
    Map<Map<String, String>, Map<String, List<Run>>> settings = new LinkedHashMap<>();
    experiment.finalRuns().stream()
        .filter(run -> run.metrics().stream().anyMatch(Paths::isOfDepth))
        .sorted(Comparator.comparingInt(run -> order.indexOf(run.trial().method())))
        .forEach(
            run ->
                settings
                    .computeIfAbsent(run.trial().setting(), s -> new LinkedHashMap<>())
                    .computeIfAbsent(run.trial().method(), m -> new ArrayList<>())
                    .add(run));
    List<Figure> figures = new ArrayList<>();
    settings.forEach(
        (setting, methods) -> {
          String words = Places.words(summary, new TreeMap<>(setting));
          String end = FileName.of(String.join("-", new TreeMap<>(setting).values()));
          figures.add(
              new Paths(summary, asked, words, methods)
                  .figure(
                      experiment.id() + "-paths" + (settings.size() == 1 ? "" : "-" + end),
                      options));
        });
    return figures;
  }

  private static boolean isOfDepth(MetricLine line) {
    return line.scope().startsWith(MetricLine.DEPTH);
  }

  private static String depth(MetricLine line) {
    return line.scope().substring(MetricLine.DEPTH.length());
  }

  private Figure figure(String name, FigureOptions options) {
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    int columns = Columns.small(sheet);
    List<List<Panel>> grid = new ArrayList<>();
    int letter = 0;
    for (String value : values) {
      List<Panel> panels = new ArrayList<>();
      for (String method : methods.keySet()) {
        boolean first = panels.size() % columns == 0;
        Panel panel =
            new Panel(HEIGHT)
                .title(
                    Captions.letter(letter++)
                        + Names.method(method)
                        + (values.size() > 1 ? ", " + value(value) : ""))
                .axes("step", first ? metric.label() : "")
                .logarithmicY();
        lines(panel, method, value);
        panels.add(panel);
      }
      limits(panels, value);
      grid.addAll(Columns.rows(panels, columns));
    }
    List<Legend.Entry> legend = new ArrayList<>();
    depths.forEach(
        depth ->
            legend.add(
                new Legend.Entry(
                    Names.setting(summary, axis(), depth), pen(depth), Legend.Key.LINE)));
    return new Figure(
        name,
        Names.capital(metric.title())
            + " over the first steps"
            + (words.isEmpty() ? "" : ", " + words),
        Captions.runs(methods.values())
            + " Means over seeds, taken on logarithms; darker lines are deeper networks.",
        new PanelGrid(grid, new Legend(legend), sheet),
        data.build());
  }

  /**
   * The axis that says what depths are called: the one of that name, else the first ordered one.
   */
  private String axis() {
    return summary.axes().stream()
        .filter(axis -> axis.kind() != Axis.Kind.NOMINAL && axis.role() == Axis.Role.CONDITION)
        .map(Axis::name)
        .reduce((a, b) -> a.equals(DEPTH_AXIS) ? a : b.equals(DEPTH_AXIS) ? b : a)
        .orElse(DEPTH_AXIS);
  }

  /** A recorded value goes by the words of the axis that has it among its values. */
  private String value(String name) {
    return summary.axes().stream()
        .filter(axis -> axis.values().containsKey(name))
        .map(axis -> axis.words(name))
        .findFirst()
        .orElse(name);
  }

  /** Shallow is pale, deep is dark. */
  private Pen pen(String depth) {
    return GroupStyle.shade(PaperStyle.BLUE, depths.indexOf(depth), depths.size());
  }

  private MeanCurve curve(String method, String value, String depth) {
    List<NavigableMap<Long, Double>> curves =
        methods.get(method).stream()
            .map(run -> positive(run.curve(MetricLine.PROBE, MetricLine.DEPTH + depth, value)))
            .toList();
    return MeanCurve.of(curves, metric);
  }

  /** What a logarithmic axis can show. */
  private static NavigableMap<Long, Double> positive(NavigableMap<Long, Double> curve) {
    NavigableMap<Long, Double> shown = new TreeMap<>(curve);
    shown.values().removeIf(value -> !(value > 0));
    return shown;
  }

  private void lines(Panel panel, String method, String value) {
    for (String depth : depths) {
      MeanCurve curve = curve(method, value, depth);
      if (!curve.isEmpty()) {
        panel.line(curve.x(), curve.mean(), pen(depth), 0);
        int n = methods.get(method).size();
        for (int i = 0; i < curve.x().length; i++) {
          data.add(
              value,
              method,
              depth,
              (long) curve.x()[i],
              curve.mean()[i],
              curve.low()[i],
              curve.high()[i],
              n);
        }
      }
    }
  }

  private void limits(List<Panel> panels, String value) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (String method : methods.keySet()) {
      for (String depth : depths) {
        for (double found : curve(method, value, depth).mean()) {
          low = Math.min(low, found);
          high = Math.max(high, found);
        }
      }
    }
    if (high > 0) {
      for (Panel panel : panels) {
        panel.yLimits(low / 1.5, high * 1.5);
      }
    }
  }
}
