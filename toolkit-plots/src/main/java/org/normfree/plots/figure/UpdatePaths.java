package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.MeanCurve;

/**
 * How far a model's output moves over its first steps (arXiv 2203.00555, figure 5): a figure an
 * architecture, a row an optimizer, a panel a method, a line a depth; the panels of a row share
 * their axes.
 */
final class UpdatePaths {
  private static final int COLUMNS = 4;
  private static final int HEIGHT = 165;

  private final String architecture;
  private final Map<String, List<Run>> methods;
  private final List<Integer> depths;

  private UpdatePaths(String architecture, Map<String, List<Run>> methods) {
    this.architecture = architecture;
    this.methods = methods;
    depths =
        methods.values().stream()
            .flatMap(List::stream)
            .flatMap(run -> run.metrics().stream())
            .map(MetricLine::scope)
            .filter(scope -> scope.startsWith(MetricLine.DEPTH))
            .map(scope -> Integer.parseInt(scope.substring(MetricLine.DEPTH.length())))
            .distinct()
            .sorted()
            .toList();
  }

  static List<Figure> of(Experiment experiment) {
    List<String> order =
        experiment.summary().rows().stream().map(SummaryRow::method).distinct().toList();
    Map<String, Map<String, List<Run>>> architectures = new LinkedHashMap<>();
    experiment.finalRuns().stream()
        .filter(run -> run.metrics().stream().anyMatch(l -> l.scope().startsWith(MetricLine.DEPTH)))
        .sorted(Comparator.comparingInt(run -> order.indexOf(run.trial().method())))
        .forEach(
            run ->
                architectures
                    .computeIfAbsent(run.trial().setting().get("arch"), a -> new LinkedHashMap<>())
                    .computeIfAbsent(run.trial().method(), m -> new ArrayList<>())
                    .add(run));
    List<Figure> figures = new ArrayList<>();
    architectures.forEach(
        (architecture, methods) ->
            figures.add(new UpdatePaths(architecture, methods).figure(experiment.id())));
    return figures;
  }

  private Figure figure(String id) {
    List<String> shown = methods.keySet().stream().limit(COLUMNS).toList();
    List<List<Panel>> grid = new ArrayList<>();
    for (String optimizer : List.of("sgd", "adam")) {
      List<Panel> row = new ArrayList<>();
      for (String method : shown) {
        Panel panel =
            new Panel(row.isEmpty() ? PaperStyle.FIRST_OF_FOUR : PaperStyle.OTHER_OF_FOUR, HEIGHT)
                .title(
                    "(%c) %s"
                        .formatted(
                            'a' + grid.size() * shown.size() + row.size(),
                            label(method, optimizer)))
                .axes("step", row.isEmpty() ? "RMS change of the logits" : "")
                .logarithmicY();
        lines(panel, method, optimizer);
        row.add(panel);
      }
      limits(shown, optimizer)
          .ifPresent(limits -> row.forEach(p -> p.yLimits(limits[0], limits[1])));
      grid.add(row);
    }
    List<Legend.Entry> legend = new ArrayList<>();
    for (int depth : depths) {
      legend.add(new Legend.Entry(depthName(depth), pen(depth), Legend.Key.LINE));
    }
    return new Figure(
        id + "-first-steps-" + architecture,
        "Change of the output over the first steps, " + architecture,
        Captions.runs(methods.values())
            + " Means over seeds; the intervals of the slopes over depth are in the table."
            + (methods.size() > COLUMNS
                ? " The first %s of %s methods.".formatted(COLUMNS, methods.size())
                : ""),
        new PanelGrid(grid, new Legend(legend)));
  }

  private static String label(String method, String optimizer) {
    return Names.method(method) + ", " + (optimizer.equals("sgd") ? "SGD" : "Adam");
  }

  private String depthName(int depth) {
    return architecture.equals("encoder-decoder")
        ? "%sL–%sL".formatted(depth, depth)
        : depth + " branches";
  }

  /** Shallow is pale, deep is dark. */
  private Pen pen(int depth) {
    double part = depths.size() == 1 ? 1 : depths.indexOf(depth) / (depths.size() - 1.0);
    return PaperStyle.pen(PaperStyle.shade(PaperStyle.BLUE, part), 0, Mark.CIRCLE);
  }

  private MeanCurve curve(String method, String optimizer, int depth) {
    List<NavigableMap<Long, Double>> curves =
        methods.get(method).stream()
            .map(run -> positive(run.curve(MetricLine.PROBE, MetricLine.DEPTH + depth, optimizer)))
            .toList();
    return MeanCurve.of(curves);
  }

  /** What a logarithmic axis can show. */
  private static NavigableMap<Long, Double> positive(NavigableMap<Long, Double> curve) {
    NavigableMap<Long, Double> shown = new TreeMap<>(curve);
    shown.values().removeIf(value -> !(value > 0));
    return shown;
  }

  private void lines(Panel panel, String method, String optimizer) {
    for (int depth : depths) {
      MeanCurve curve = curve(method, optimizer, depth);
      if (!curve.isEmpty()) {
        panel.line(curve.x(), curve.mean(), pen(depth));
      }
    }
  }

  private Optional<double[]> limits(List<String> shown, String optimizer) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (String method : shown) {
      for (int depth : depths) {
        for (double value : curve(method, optimizer, depth).mean()) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    return high > 0 ? Optional.of(new double[] {low / 1.5, high * 1.5}) : Optional.empty();
  }
}
