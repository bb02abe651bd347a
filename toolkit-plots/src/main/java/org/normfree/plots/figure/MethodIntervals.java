package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.stats.Comparison;
import org.normfree.plots.stats.Interval;

/**
 * A row a method, best first: the mean with its 95 % interval, and the difference to the baseline
 * beside the published difference. Dots, not bars, because the zero of the metric says nothing here
 * and the intervals do.
 */
final class MethodIntervals {
  private static final int ROW = 18;
  private static final int MEANS_WIDTH = 385;

  private MethodIntervals() {}

  static Optional<Figure> of(Experiment experiment, String metric) {
    List<SummaryRow> rows = new ArrayList<>(experiment.rows(metric));
    double sign = metric.endsWith("loss") || metric.endsWith("perplexity") ? 1 : -1;
    rows.sort(
        Comparator.comparingDouble(
            row ->
                Interval.of(row)
                    .map(interval -> sign * interval.mean())
                    .orElse(Double.POSITIVE_INFINITY)));
    Optional<SummaryRow> baseline = Comparison.baseline(Differences.withMean(rows));
    if (baseline.isEmpty()) {
      return Optional.empty();
    }
    Differences differences = new Differences(rows, baseline.get());
    int height = 62 + ROW * rows.size();
    boolean both = differences.published();
    Panel means =
        new Panel(both ? MEANS_WIDTH : PaperStyle.SINGLE_COLUMN, height)
            .title(both ? "(a) mean" : "")
            .axes(Names.metric(metric), "");
    drawMeans(means, rows, baseline.get());
    List<Panel> panels = new ArrayList<>(List.of(means));
    if (both) {
      Panel panel =
          new Panel(PaperStyle.DOUBLE_COLUMN - MEANS_WIDTH, height)
              .yCategories(rows.stream().map(row -> "").toList());
      differences.draw(panel, rows);
      panels.add(panel);
    }
    return Optional.of(
        new Figure(
            experiment.id() + "-" + metric.replace('_', '-'),
            "%s of %s by method".formatted(Names.capital(Names.metric(metric)), experiment.name()),
            (both ? "(a) " : "")
                + "Means with 95 %% confidence intervals (t), best first; the vertical line is %s. "
                    .formatted(Differences.labels(rows).get(baseline.get()))
                + Captions.rows(rows)
                + (both ? differences.caption() : "")
                + Differences.diverged(rows),
            new PanelGrid(List.of(panels), both ? new Legend(differences.legend()) : Legend.NONE)));
  }

  private static void drawMeans(Panel panel, List<SummaryRow> rows, SummaryRow baseline) {
    Map<SummaryRow, String> labels = Differences.labels(rows);
    panel.yCategories(
        rows.stream()
            .map(row -> labels.get(row) + (row.diverged() > 0 && row.n() > 0 ? " *" : ""))
            .toList());
    panel.verticalReference(baseline.mean());
    for (int i = 0; i < rows.size(); i++) {
      Optional<Interval> interval = Interval.of(rows.get(i));
      if (interval.isEmpty()) {
        panel.note(Double.NEGATIVE_INFINITY, -i, "diverged in every run");
      } else {
        Differences.ours(panel, interval.get(), -i);
      }
    }
  }
}
