package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.Comparison;
import org.normfree.plots.stats.Interval;

/**
 * The squash ablation (arXiv 2503.10622, tables 7 and 8): bars from zero grouped by squash and α,
 * and beside them the differences to tanh with a learned α, ours and the published ones, where what
 * bars from zero cannot show becomes visible.
 */
final class SquashBars {
  private static final String SQUASH = "squash";
  private static final String ALPHA = "alpha";
  private static final double BAR = 0.36;
  private static final int BARS_WIDTH = 315;

  private SquashBars() {}

  static Optional<Figure> of(Experiment experiment, String metric) {
    List<SummaryRow> rows =
        experiment.rows(metric).stream()
            .filter(row -> row.setting().containsKey(SQUASH) && row.setting().containsKey(ALPHA))
            .toList();
    Optional<SummaryRow> baseline = Comparison.baseline(Differences.withMean(rows));
    if (baseline.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Pen> pens = pens(rows);
    Panel bars = bars(rows, pens).axes("", Names.metric(metric));
    List<Panel> panels = new ArrayList<>(List.of(bars));
    List<Legend.Entry> legend = new ArrayList<>();
    pens.forEach(
        (alpha, pen) ->
            legend.add(new Legend.Entry(Names.setting(ALPHA, alpha), pen, Legend.Key.BOX)));
    Differences differences = new Differences(rows, baseline.get());
    if (rows.size() > 1) {
      bars.title("(a) mean");
      List<SummaryRow> others = rows.stream().filter(r -> !r.equals(baseline.get())).toList();
      Panel panel =
          new Panel(PaperStyle.DOUBLE_COLUMN - BARS_WIDTH, height(rows))
              .yCategories(others.stream().map(Differences.labels(rows)::get).toList());
      differences.draw(panel, others);
      panels.add(panel);
      legend.addAll(differences.legend());
    }
    return Optional.of(
        new Figure(
            experiment.id() + "-" + metric.replace('_', '-'),
            Names.capital(Names.metric(metric)) + " by squash, with and without α",
            (rows.size() > 1 ? "(a) " : "")
                + "Bars start at zero; whiskers are 95 % confidence intervals (t) of the mean. "
                + Captions.rows(rows)
                + (rows.size() > 1 ? differences.caption() : "")
                + Differences.diverged(rows),
            new PanelGrid(List.of(panels), new Legend(legend))));
  }

  private static Map<String, Pen> pens(List<SummaryRow> rows) {
    List<Pen> known =
        List.of(
            PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE),
            PaperStyle.pen(PaperStyle.ORANGE, 0, Mark.SQUARE),
            PaperStyle.pen(PaperStyle.GREEN, 0, Mark.TRIANGLE));
    Map<String, Pen> pens = new LinkedHashMap<>();
    for (SummaryRow row : rows) {
      String alpha = row.setting().get(ALPHA);
      if (!pens.containsKey(alpha)) {
        pens.put(alpha, known.get(pens.size() % known.size()));
      }
    }
    return pens;
  }

  private static Panel bars(List<SummaryRow> rows, Map<String, Pen> pens) {
    List<String> squashes = rows.stream().map(row -> row.setting().get(SQUASH)).distinct().toList();
    List<String> alphas = List.copyOf(pens.keySet());
    double top =
        rows.stream()
            .map(Interval::of)
            .flatMap(Optional::stream)
            .mapToDouble(i -> i.known() ? i.high() : i.mean())
            .max()
            .orElse(1);
    Panel panel = new Panel(BARS_WIDTH, height(rows)).xCategories(squashes).yLimits(0, 1.06 * top);
    double width = BAR * 2 / alphas.size();
    for (SummaryRow row : rows) {
      int place = alphas.indexOf(row.setting().get(ALPHA));
      double x =
          squashes.indexOf(row.setting().get(SQUASH))
              + (place - (alphas.size() - 1) / 2.0) * (width + 0.03);
      Optional<Interval> interval = Interval.of(row);
      if (interval.isEmpty()) {
        panel.noteUpwards(x, "diverged");
        continue;
      }
      panel.bar(x, width, interval.get().mean(), pens.get(row.setting().get(ALPHA)).color());
      if (interval.get().known()) {
        panel.whisker(x, interval.get().low(), interval.get().high(), PaperStyle.BLACK);
      }
    }
    return panel;
  }

  private static int height(List<SummaryRow> rows) {
    return Math.max(190, 70 + 19 * rows.size());
  }
}
