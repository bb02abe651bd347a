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
 * What a model's first step changes against its depth (arXiv 2203.00555, figure 5), its output or
 * its loss: a panel an architecture and optimizer, a line a method, with a logarithmic axis.
 */
final class UpdateSizes {
  /** Change of the output. */
  static final String OUTPUT = "update_size:";

  /** Change of the loss. */
  static final String LOSS = "loss_change:";

  private static final int HEIGHT = 215;

  private final List<SummaryRow> rows;
  private final List<String> methods;

  private final String quantity;

  private UpdateSizes(String quantity, List<SummaryRow> rows) {
    this.quantity = quantity;
    this.rows = rows;
    methods = rows.stream().map(SummaryRow::method).distinct().toList();
  }

  static Optional<Figure> of(Experiment experiment, String quantity) {
    List<SummaryRow> rows =
        experiment.summary().rows().stream()
            .filter(row -> row.metric().startsWith(quantity) && row.mean() != null)
            .toList();
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new UpdateSizes(quantity, rows).figure(experiment.id()));
  }

  private Figure figure(String id) {
    Map<Map<String, String>, List<SummaryRow>> settings = new LinkedHashMap<>();
    rows.forEach(row -> settings.computeIfAbsent(row.setting(), key -> new ArrayList<>()).add(row));
    List<List<Panel>> grid = new ArrayList<>();
    for (Map.Entry<Map<String, String>, List<SummaryRow>> entry : settings.entrySet()) {
      if (grid.isEmpty() || grid.get(grid.size() - 1).size() == 2) {
        grid.add(new ArrayList<>());
      }
      int panels = 2 * (grid.size() - 1) + grid.get(grid.size() - 1).size();
      grid.get(grid.size() - 1).add(panel((char) ('a' + panels), entry.getKey(), entry.getValue()));
    }
    List<Legend.Entry> legend = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      legend.add(
          new Legend.Entry(Names.method(methods.get(i)), PaperStyle.pen(i), Legend.Key.LINE));
    }
    return new Figure(
        id + (quantity.equals(OUTPUT) ? "-update-size" : "-loss-change"),
        (quantity.equals(OUTPUT) ? "Size of the first update" : "Loss change of the first step")
            + " against depth",
        Captions.rows(rows)
            + (quantity.equals(OUTPUT) ? " RMS change of the logits" : " Change of the loss")
            + " over the learning rate; means, with 95 % confidence"
            + " intervals (t) where they do not reach zero.",
        new PanelGrid(grid, new Legend(legend)));
  }

  private Panel panel(char letter, Map<String, String> setting, List<SummaryRow> of) {
    List<Integer> depths = of.stream().map(UpdateSizes::depth).distinct().sorted().toList();
    boolean stack = setting.get("arch").equals("ffn-stack");
    Panel panel =
        new Panel(PaperStyle.DOUBLE_COLUMN / 2, HEIGHT)
            .title(
                "(%c) %s, %s"
                    .formatted(letter, setting.get("arch"), step(setting.get("optimizer"))))
            .axes(
                stack ? "branches" : "layers of either side",
                quantity.equals(OUTPUT) ? "update over η" : "|ΔL| over η")
            .logarithmicY()
            .xCategories(depths.stream().map(String::valueOf).toList());
    for (int i = 0; i < methods.size(); i++) {
      line(panel, methods.get(i), PaperStyle.pen(i), of, depths);
    }
    return panel;
  }

  private static String step(String optimizer) {
    return switch (optimizer) {
      case "sgd" -> "SGD";
      case "adam" -> "Adam's first step";
      default -> "LAMB's first step";
    };
  }

  private static void line(
      Panel panel, String method, Pen pen, List<SummaryRow> of, List<Integer> depths) {
    NavigableMap<Integer, SummaryRow> own = new TreeMap<>();
    of.stream().filter(row -> row.method().equals(method)).forEach(row -> own.put(depth(row), row));
    double[] x = own.keySet().stream().mapToDouble(depths::indexOf).toArray();
    double[] y = own.values().stream().mapToDouble(SummaryRow::mean).toArray();
    own.forEach(
        (depth, row) -> {
          if (row.ci95() != null && row.ci95().get(0) > 0) {
            panel.whisker(depths.indexOf(depth), row.ci95().get(0), row.ci95().get(1), pen.color());
          }
        });
    if (x.length > 0) {
      panel.line(x, y, pen);
    }
  }

  private static int depth(SummaryRow row) {
    return Integer.parseInt(row.metric().replaceFirst(".*:", ""));
  }
}
