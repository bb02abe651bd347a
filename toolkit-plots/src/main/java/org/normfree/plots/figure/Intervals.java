package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.Interval;

/**
 * A row a method or variant, best first: the mean with its interval over the single seeds, and
 * beside it the difference to the baseline. Dots, not bars, because the zero of a metric says
 * nothing here and the intervals do. A block of rows for each condition.
 */
final class Intervals {
  private static final double ROW = 19;
  private static final double SEEDS_BELOW = 5.5;
  private static final double DIFFERENCES_WEIGHT = 0.85;

  private final Summary summary;
  private final Metric metric;
  private final FigureOptions options;
  private final DataTable.Builder data =
      new DataTable.Builder(
          "condition",
          "method",
          "label",
          "mean",
          "low",
          "high",
          "n",
          "seeds",
          "values",
          "trained",
          "diverged",
          "difference",
          "difference_low",
          "difference_high",
          "p_holm",
          "published",
          "source");
  private final Set<String> notes = new LinkedHashSet<>();
  private boolean published;
  private boolean items;

  private Intervals(Summary summary, Metric metric, FigureOptions options) {
    this.summary = summary;
    this.metric = metric;
    this.options = options;
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    List<SummaryRow> rows = experiment.rows(asked.metric());
    if (rows.stream().allMatch(row -> row.mean() == null)) {
      return List.of();
    }
    Summary summary = experiment.summary();
    return List.of(
        new Intervals(summary, summary.metric(asked.metric()), options)
            .figure(experiment, asked, rows));
  }

  private Figure figure(Experiment experiment, FigureSpec asked, List<SummaryRow> rows) {
    List<String> split = asked.split().isEmpty() ? Places.conditions(summary, rows) : asked.split();
    List<List<Panel>> grid = new ArrayList<>();
    boolean compared = false;
    int letter = 0;
    for (Map.Entry<Map<String, String>, List<SummaryRow>> block :
        Places.of(rows, split).entrySet()) {
      String condition = Places.words(summary, block.getKey());
      List<SummaryRow> sorted = bestFirst(block.getValue());
      Map<Group, String> labels =
          Names.labels(summary, sorted.stream().map(Intervals::group).toList());
      Optional<SummaryRow> baseline = baseline(sorted);
      Differences differences = new Differences(metric, sorted, baseline);
      List<Panel> panels = new ArrayList<>();
      panels.add(means(sorted, labels, baseline));
      if (differences.any()) {
        panels.add(differences.panel(ROW).weight(DIFFERENCES_WEIGHT));
        compared = true;
        published |= differences.published();
        items |= differences.items();
      }
      String before = condition.isEmpty() ? "" : condition + ": ";
      if (panels.size() > 1) {
        panels.get(0).title(Captions.letter(letter++) + before + "mean");
        panels
            .get(1)
            .title(
                Captions.letter(letter++)
                    + before
                    + "difference to "
                    + labels.get(group(baseline.orElseThrow())));
      } else if (!condition.isEmpty()) {
        panels.get(0).title(Captions.letter(letter++) + condition);
      }
      grid.add(panels);
      sorted.forEach(row -> record(condition, row, labels.get(group(row))));
    }
    Map<Group, String> all =
        Names.labels(summary, rows.stream().map(Intervals::group).distinct().toList());
    return new Figure(
        experiment.id() + "-" + FileName.of(metric.name()),
        "%s of %s".formatted(Names.capital(metric.title()), experiment.name()),
        caption(rows, all, compared),
        new PanelGrid(
            grid,
            legend(compared),
            options.sheet(compared ? PaperStyle.DOUBLE_COLUMN : PaperStyle.SINGLE_COLUMN)),
        data.build());
  }

  private static Group group(SummaryRow row) {
    return new Group(row.method(), row.setting());
  }

  private List<SummaryRow> bestFirst(List<SummaryRow> rows) {
    if (metric.better() == Better.NEITHER || !options.methods().isEmpty()) {
      return rows;
    }
    double sign = metric.better() == Better.LOWER ? 1 : -1;
    return rows.stream()
        .sorted(
            Comparator.comparingDouble(
                row -> row.mean() == null ? Double.POSITIVE_INFINITY : sign * row.mean()))
        .toList();
  }

  /** The declared one, at the condition of the rows it is compared with. */
  private Optional<SummaryRow> baseline(List<SummaryRow> rows) {
    return rows.stream()
        .filter(row -> summary.isBaseline(row.method(), row.setting()))
        .filter(row -> row.mean() != null)
        .min(Comparator.comparingInt(row -> row.setting().size()));
  }

  private Panel means(
      List<SummaryRow> rows, Map<Group, String> labels, Optional<SummaryRow> baseline) {
    Panel panel =
        new Panel(ROW)
            .axes(metric.label(), "")
            .yCategories(rows.stream().map(row -> label(row, labels)).toList());
    boolean positive =
        rows.stream()
            .allMatch(
                row ->
                    (row.mean() == null || row.mean() > 0)
                        && row.values().stream().allMatch(v -> v == null || v > 0));
    if (metric.scale() == Scale.LOG && positive) {
      panel.logarithmicX();
    }
    baseline.ifPresent(row -> panel.verticalReference(row.mean()));
    for (int i = 0; i < rows.size(); i++) {
      SummaryRow row = rows.get(i);
      Pen pen = MethodStyle.of(row.method()).pen();
      for (Double value : row.values()) {
        if (value != null) {
          panel.seed(value, -i, pen.color(), 0, SEEDS_BELOW);
        }
      }
      Optional<Interval> interval = Interval.of(row);
      if (interval.isEmpty()) {
        panel.rowNote(-i, row.diverged() > 0 ? "diverged in every run" : "no value");
      } else {
        mean(panel, interval.get(), -i, pen);
      }
    }
    return panel;
  }

  /** A mean with its interval. */
  static void mean(Panel panel, Interval interval, double y, Pen pen) {
    if (interval.known()) {
      panel.interval(interval.low(), interval.high(), y, pen.color());
    }
    panel.point(interval.mean(), y, pen, 6.5, 0);
  }

  private String label(SummaryRow row, Map<Group, String> labels) {
    StringBuilder label = new StringBuilder(labels.get(group(row)));
    if (row.trained() != null) {
      label.append(" (%s of %s trained)".formatted(row.trained().trained(), row.trained().of()));
    } else if (row.diverged() > 0 && row.mean() != null) {
      label.append(" *");
      notes.add(" * some runs diverged or failed.");
    }
    if (row.edge()) {
      label.append(" †");
      notes.add(" † the best value found lies at the edge of what was searched.");
    }
    return label.toString();
  }

  private Legend legend(boolean compared) {
    List<Legend.Entry> entries = new ArrayList<>();
    if (compared && published) {
      entries.add(new Legend.Entry("published difference", Differences.PUBLISHED, Legend.Key.MARK));
    }
    if (compared && items) {
      entries.add(
          new Legend.Entry(
              "noise of the test set (95 % of resampled test items)",
              Differences.ITEMS, Legend.Key.LINE));
    }
    return new Legend(entries);
  }

  private String caption(List<SummaryRow> rows, Map<Group, String> labels, boolean compared) {
    boolean sorted = metric.better() != Better.NEITHER && options.methods().isEmpty();
    return (sorted ? "Means, best first" : "Means")
        + (summary.baseline() == null
            ? ". "
            : "; the vertical line is %s. ".formatted(Names.method(summary.baseline().method())))
        + Captions.rows(rows)
        + Captions.whiskers(metric, rows)
        + (compared ? Differences.caption(rows) : "")
        + String.join("", notes)
        + Captions.diverged(rows, labels);
  }

  private void record(String condition, SummaryRow row, String label) {
    Optional<Interval> mean = Interval.of(row);
    boolean difference = row.difference() != null;
    boolean ends = difference && row.difference().interval() != null;
    data.add(
        condition,
        row.method(),
        label,
        row.mean(),
        mean.map(Interval::low).orElse(null),
        mean.map(Interval::high).orElse(null),
        row.n(),
        Seeds.text(row.seeds()),
        Seeds.text(row.values()),
        row.trained() == null ? null : row.trained().trained(),
        row.diverged(),
        difference ? row.difference().estimate() : null,
        ends ? row.difference().interval().get(0) : null,
        ends ? row.difference().interval().get(1) : null,
        difference ? row.difference().pHolm() : null,
        row.published(),
        row.source());
  }
}
