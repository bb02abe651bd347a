package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;

/**
 * Final values against depth (arXiv 2203.00555, figure 6): a row of panels a metric, a column a
 * warm-up, a line a method with its intervals.
 */
final class DepthCurves {
  private static final String LAYERS = "layers";
  private static final int HEIGHT = 190;

  private final Experiment experiment;
  private final List<String> metrics;

  private DepthCurves(Experiment experiment, List<String> metrics) {
    this.experiment = experiment;
    this.metrics = metrics;
  }

  static Optional<Figure> of(Experiment experiment, String... metrics) {
    return new DepthCurves(experiment, List.of(metrics)).figure();
  }

  private List<SummaryRow> rows(String metric) {
    return experiment.summary().rows().stream()
        .filter(row -> row.metric().equals(metric) && row.mean() != null)
        .filter(row -> row.setting().containsKey(LAYERS))
        .toList();
  }

  private Optional<Figure> figure() {
    List<String> shown = metrics.stream().filter(metric -> !rows(metric).isEmpty()).toList();
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    List<String> methods = rows(shown.get(0)).stream().map(SummaryRow::method).distinct().toList();
    List<List<Panel>> grid = new ArrayList<>();
    char letter = 'a';
    for (String metric : shown) {
      Map<String, List<SummaryRow>> warmups = new LinkedHashMap<>();
      rows(metric)
          .forEach(
              row ->
                  warmups
                      .computeIfAbsent(
                          row.setting().getOrDefault("warmup", ""), key -> new ArrayList<>())
                      .add(row));
      List<Panel> panels = new ArrayList<>();
      for (Map.Entry<String, List<SummaryRow>> entry : warmups.entrySet()) {
        String warmup =
            Double.parseDouble("0" + entry.getKey()) == 0
                ? "no warm-up"
                : "warm-up of %s epochs".formatted(entry.getKey().replaceFirst("\\.0$", ""));
        panels.add(
            panel(
                "(%c) %s".formatted(letter++, warmup),
                Names.metric(metric),
                entry.getValue(),
                methods));
      }
      grid.add(panels);
    }
    List<Legend.Entry> legend = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      legend.add(
          new Legend.Entry(Names.method(methods.get(i)), PaperStyle.pen(i), Legend.Key.LINE));
    }
    return Optional.of(
        new Figure(
            experiment.id() + "-depth",
            "Depth and warm-up",
            Captions.rows(rows(shown.get(0)))
                + " Whiskers are 95 % confidence intervals: Wilson's of shares, t of means.",
            new PanelGrid(grid, new Legend(legend))));
  }

  private static Panel panel(
      String title, String metric, List<SummaryRow> of, List<String> methods) {
    List<Integer> depths = of.stream().map(DepthCurves::depth).distinct().sorted().toList();
    Panel panel =
        new Panel(PaperStyle.DOUBLE_COLUMN / 2, HEIGHT)
            .title(title)
            .axes("layers of either side", metric)
            .yLimits(-5, 105)
            .xCategories(depths.stream().map(String::valueOf).toList());
    for (int i = 0; i < methods.size(); i++) {
      Pen pen = PaperStyle.pen(i);
      double aside = 0.08 * (i - (methods.size() - 1) / 2.0);
      NavigableMap<Integer, SummaryRow> own = new TreeMap<>();
      for (SummaryRow row : of) {
        if (row.method().equals(methods.get(i))) {
          own.put(depth(row), row);
        }
      }
      own.forEach(
          (depth, row) -> {
            if (row.ci95() != null) {
              panel.whisker(
                  depths.indexOf(depth) + aside,
                  Math.max(-5, row.ci95().get(0)),
                  Math.min(105, row.ci95().get(1)),
                  pen.color());
            }
          });
      if (!own.isEmpty()) {
        panel.line(
            own.keySet().stream().mapToDouble(depth -> depths.indexOf(depth) + aside).toArray(),
            own.values().stream().mapToDouble(SummaryRow::mean).toArray(),
            pen);
      }
    }
    return panel;
  }

  private static int depth(SummaryRow row) {
    return Integer.parseInt(row.setting().get(LAYERS));
  }
}
