package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.normfree.core.record.Axis;
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
import org.normfree.plots.chart.Tick;
import org.normfree.plots.stats.Interval;

/**
 * A metric over an axis, for example depth: a line a method or variant through the means, over the
 * single seeds, with whiskers where there are intervals; a panel for each value of the split axes.
 */
final class Lines {
  private static final double HEIGHT = 145;
  private static final int MOST_MARKS = 9;
  private static final double ASIDE = 3.2;
  private static final double MOST_ASIDE = 16;
  private static final double SEED_ASIDE = 4.2;
  private static final int FEW = 3;
  private static final double MARKER = 5;
  private static final double WIDE_SPREAD = 0.4;
  private static final double SMALL_SPREAD = 0.05;
  private static final double BEYOND = 0.04;

  private final Summary summary;
  private final Metric metric;
  private final Axis over;
  private final List<String> split;
  private final List<SummaryRow> rows;
  private final List<Group> groups;
  private final Map<Group, Pen> pens;
  private final Map<Group, String> labels;
  private final boolean numbers;
  private final DataTable.Builder data =
      new DataTable.Builder(
          "panel", "method", "label", "x", "mean", "low", "high", "n", "seeds", "values");

  private Lines(Summary summary, FigureSpec asked, List<SummaryRow> rows) {
    this.summary = summary;
    this.rows = rows;
    metric = summary.metric(asked.metric());
    over = summary.axis(asked.over());
    split = asked.split();
    groups = rows.stream().map(this::group).distinct().toList();
    pens = GroupStyle.pens(summary, groups);
    labels = Names.labels(summary, groups);
    numbers = rows.stream().allMatch(row -> Values.isNumber(value(row)));
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    List<SummaryRow> rows =
        experiment.rows(asked.metric()).stream()
            .filter(row -> row.mean() != null && row.setting().containsKey(asked.over()))
            .toList();
    return rows.isEmpty()
        ? List.of()
        : List.of(new Lines(experiment.summary(), asked, rows).figure(experiment, options));
  }

  private String value(SummaryRow row) {
    return row.setting().get(over.name());
  }

  /**
   * What makes a line: the row without what lies along the axis, in panels, or was searched for.
   */
  private Group group(SummaryRow row) {
    Map<String, String> setting = new LinkedHashMap<>(row.setting());
    setting.remove(over.name());
    split.forEach(setting::remove);
    setting.keySet().removeIf(key -> summary.axis(key).role() == Axis.Role.CHOSEN);
    return new Group(row.method(), Map.copyOf(setting));
  }

  private Figure figure(Experiment experiment, FigureOptions options) {
    Map<Map<String, String>, List<SummaryRow>> places = Places.of(rows, split);
    int columns = Math.min(2, places.size());
    List<List<Panel>> grid = new ArrayList<>();
    int index = 0;
    for (Map.Entry<Map<String, String>, List<SummaryRow>> place : places.entrySet()) {
      if (index % columns == 0) {
        grid.add(new ArrayList<>());
      }
      String words = Places.words(summary, place.getKey());
      Panel panel =
          panel(place.getValue(), words)
              .title(places.size() > 1 ? Captions.letter(index) + words : words)
              .axes(
                  index + columns >= places.size() ? over.title() : "",
                  index % columns == 0 ? metric.label() : "");
      grid.get(grid.size() - 1).add(panel);
      index++;
    }
    List<Legend.Entry> legend = new ArrayList<>();
    if (groups.size() > 1) {
      groups.forEach(
          group ->
              legend.add(
                  new Legend.Entry(labels.get(group), pens.get(group), Legend.Key.LINE_AND_MARK)));
    }
    return new Figure(
        experiment.id() + "-" + FileName.of(metric.name()),
        "%s over %s".formatted(Names.capital(metric.title()), over.title()),
        (groups.size() == 1 ? labels.get(groups.get(0)) + ". " : "")
            + Captions.rows(rows)
            + Captions.whiskers(metric, rows),
        new PanelGrid(
            grid,
            new Legend(legend),
            options.sheet(columns == 1 ? PaperStyle.SINGLE_COLUMN : PaperStyle.DOUBLE_COLUMN)),
        data.build());
  }

  private Panel panel(List<SummaryRow> here, String words) {
    double aside = Math.min(ASIDE, MOST_ASIDE / groups.size());
    Panel panel = new Panel(HEIGHT).xRoom(aside * groups.size() / 2 + MARKER);
    List<String> values = Values.ordered(here.stream().map(this::value).toList());
    if (!numbers) {
      panel.xCategories(
          values.stream().map(value -> Names.value(summary, over.name(), value)).toList());
    } else {
      if (over.kind() == Axis.Kind.LOG && here.stream().allMatch(row -> x(row, values) > 0)) {
        panel.logarithmicX();
      }
      if (values.size() <= MOST_MARKS) {
        panel.xTicks(
            values.stream()
                .map(
                    value ->
                        new Tick(
                            Double.parseDouble(value), Names.value(summary, over.name(), value)))
                .toList());
      }
    }
    scale(panel, here);
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      List<SummaryRow> own =
          here.stream()
              .filter(row -> group(row).equals(group))
              .sorted(Comparator.comparingDouble(row -> x(row, values)))
              .toList();
      line(panel, own, values, pens.get(group), aside * (i - (groups.size() - 1) / 2.0));
      own.forEach(row -> record(words, row, group));
    }
    return panel;
  }

  private double x(SummaryRow row, List<String> values) {
    return numbers ? Double.parseDouble(value(row)) : values.indexOf(value(row));
  }

  private void scale(Panel panel, List<SummaryRow> here) {
    double[] drawn =
        here.stream()
            .flatMapToDouble(
                row ->
                    DoubleStream.concat(
                        DoubleStream.of(row.mean()),
                        row.values().stream().filter(v -> v != null).mapToDouble(v -> v)))
            .toArray();
    double low = DoubleStream.of(drawn).min().orElse(0);
    double high = DoubleStream.of(drawn).max().orElse(1);
    if (metric.scale() == Scale.LOG && low > 0) {
      panel.logarithmicY();
    } else if (metric.lower() != null && metric.upper() != null) {
      double range = metric.upper() - metric.lower();
      double bottom = metric.lower() - BEYOND * range;
      double top = metric.upper() + BEYOND * range;
      if (high - low > WIDE_SPREAD * range) {
        panel.yLimits(bottom, top);
      } else if (high - low < SMALL_SPREAD * range) {
        double middle = (low + high) / 2;
        panel.yLimits(
            Math.max(metric.lower() - BEYOND * SMALL_SPREAD * range, middle - SMALL_SPREAD * range),
            Math.min(
                metric.upper() + BEYOND * SMALL_SPREAD * range, middle + SMALL_SPREAD * range));
      }
    }
  }

  private void line(Panel panel, List<SummaryRow> own, List<String> values, Pen pen, double aside) {
    for (SummaryRow row : own) {
      double x = x(row, values);
      row.values().stream()
          .filter(value -> value != null)
          .forEach(
              value ->
                  panel.seed(
                      x, value, pen.color(), aside + (groups.size() <= FEW ? SEED_ASIDE : 0), 0));
      Optional<Interval> interval = Interval.of(row).filter(Interval::known);
      interval.ifPresent(i -> panel.whisker(x, i.low(), i.high(), pen.color(), aside));
    }
    panel.lineAside(
        own.stream().mapToDouble(row -> x(row, values)).toArray(),
        own.stream().mapToDouble(SummaryRow::mean).toArray(),
        pen,
        aside);
    own.forEach(row -> panel.point(x(row, values), row.mean(), pen, 5.5, aside));
  }

  private void record(String panel, SummaryRow row, Group group) {
    Optional<Interval> interval = Interval.of(row);
    data.add(
        panel,
        row.method(),
        labels.get(group),
        value(row),
        row.mean(),
        interval.map(Interval::low).orElse(null),
        interval.map(Interval::high).orElse(null),
        row.n(),
        Seeds.text(row.seeds()),
        Seeds.text(row.values()));
  }
}
