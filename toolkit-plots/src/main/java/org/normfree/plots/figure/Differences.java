package org.normfree.plots.figure;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.normfree.core.record.Difference;
import org.normfree.core.record.Metric;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Numerals;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.Interval;

/**
 * Rows as differences to the baseline, as the summary has them (paired by seed), over the
 * differences of single pairs; and the published difference beside ours. Differences compare across
 * data sets where the numbers themselves cannot. To a baseline that was only chosen for drawing
 * there are differences of means and pairs, without intervals.
 */
final class Differences {
  /** How a published difference is drawn. */
  static final Pen PUBLISHED = PaperStyle.pen(PaperStyle.BLACK, 0, Mark.DIAMOND);

  /** What the noise of the test set looks like in a legend. */
  static final Pen ITEMS = new Pen(PaperStyle.LIGHT_GREY, new BasicStroke(5), Mark.CIRCLE);

  private static final double ABOVE = 0.17;
  private static final double BELOW = -0.26;
  private static final double SEEDS_BELOW = 5.5;

  private final Metric metric;
  private final List<SummaryRow> rows;
  private final Optional<SummaryRow> baseline;

  Differences(Metric metric, List<SummaryRow> rows, Optional<SummaryRow> baseline) {
    this.metric = metric;
    this.rows = rows;
    this.baseline = baseline;
  }

  /** Whether there is anything to compare. */
  boolean any() {
    return baseline.isPresent()
        && rows.stream().anyMatch(row -> !isBaseline(row) && row.mean() != null);
  }

  private boolean isBaseline(SummaryRow row) {
    return baseline.isPresent() && baseline.get().equals(row);
  }

  boolean published() {
    return baseline.isPresent()
        && baseline.get().published() != null
        && rows.stream().anyMatch(row -> !isBaseline(row) && row.published() != null);
  }

  boolean items() {
    return rows.stream()
        .anyMatch(row -> row.difference() != null && pair(row.difference().items()));
  }

  Panel panel(double rowHeight) {
    Panel panel =
        new Panel(rowHeight)
            .axes("difference in " + unit(), "")
            .yCategories(rows.stream().map(row -> "").toList())
            .verticalReference(0);
    double[] scale = scale();
    for (int i = 0; i < rows.size(); i++) {
      SummaryRow row = rows.get(i);
      if (isBaseline(row)) {
        continue;
      }
      boolean both = published() && row.published() != null;
      double y = (both ? ABOVE : 0) - i;
      Optional<Interval> ours = ours(row);
      if (ours.isEmpty()) {
        panel.rowNote(y, row.diverged() > 0 ? "diverged in every run" : "no value");
      } else {
        draw(panel, row, ours.get(), y);
      }
      if (both) {
        published(panel, row.published() - baseline.get().published(), BELOW - i, scale);
      }
    }
    return panel;
  }

  private void draw(Panel panel, SummaryRow row, Interval ours, double y) {
    Pen pen = MethodStyle.of(row.method()).pen();
    if (row.difference() != null && pair(row.difference().items())) {
      panel.shadow(row.difference().items().get(0), row.difference().items().get(1), y);
    }
    for (double pair : pairs(row)) {
      panel.seed(pair, y, pen.color(), 0, SEEDS_BELOW);
    }
    Intervals.mean(panel, ours, y, pen);
  }

  private String unit() {
    return switch (metric.unit()) {
      case "" -> metric.title();
      case "%" -> "percentage points";
      default -> metric.unit();
    };
  }

  private Optional<Interval> ours(SummaryRow row) {
    Difference difference = row.difference();
    if (difference != null && difference.estimate() != null) {
      boolean known = pair(difference.interval()) && difference.n() >= Interval.LEAST;
      return Optional.of(
          new Interval(
              difference.estimate(),
              known ? difference.interval().get(0) : Double.NaN,
              known ? difference.interval().get(1) : Double.NaN,
              difference.n()));
    }
    return row.mean() == null
        ? Optional.empty()
        : Optional.of(
            new Interval(
                row.mean() - baseline.orElseThrow().mean(), Double.NaN, Double.NaN, row.n()));
  }

  private static boolean pair(List<Double> interval) {
    return interval != null && interval.size() == 2 && interval.stream().allMatch(Objects::nonNull);
  }

  /** The difference of every seed that both have. */
  private List<Double> pairs(SummaryRow row) {
    Map<Long, Double> base = bySeed(baseline.orElseThrow());
    List<Double> pairs = new ArrayList<>();
    bySeed(row)
        .forEach(
            (seed, value) -> {
              if (base.containsKey(seed)) {
                pairs.add(value - base.get(seed));
              }
            });
    return pairs;
  }

  private static Map<Long, Double> bySeed(SummaryRow row) {
    Map<Long, Double> values = new HashMap<>();
    for (int i = 0; i < Math.min(row.seeds().size(), row.values().size()); i++) {
      if (row.values().get(i) != null) {
        values.put(row.seeds().get(i), row.values().get(i));
      }
    }
    return values;
  }

  /** Our differences and as much room again on either side; what is published beyond is noted. */
  private double[] scale() {
    double low = 0;
    double high = 0;
    for (SummaryRow row : rows) {
      Optional<Interval> ours = isBaseline(row) ? Optional.empty() : ours(row);
      if (ours.isPresent()) {
        boolean known = ours.get().known();
        low = Math.min(low, known ? ours.get().low() : ours.get().mean());
        high = Math.max(high, known ? ours.get().high() : ours.get().mean());
      }
    }
    double room = high - low;
    return new double[] {low - room, high + room};
  }

  private static void published(Panel panel, double difference, double y, double[] scale) {
    String number = Numerals.text(difference, 2);
    if (difference < scale[0]) {
      panel.rowNote(y, "← published " + number);
    } else if (difference > scale[1]) {
      panel.rowNote(y, "published " + number + " →");
    } else {
      panel.point(difference, y, PUBLISHED, 6, 0);
    }
  }

  /** What the panel shows. */
  static String caption(List<SummaryRow> rows) {
    String sources =
        rows.stream()
            .filter(row -> row.published() != null && row.source() != null)
            .map(SummaryRow::source)
            .distinct()
            .collect(Collectors.joining("; "));
    boolean declared = rows.stream().anyMatch(row -> row.difference() != null);
    return (declared
            ? " Differences are paired by seed; dots are single pairs, whiskers 95 % confidence intervals."
            : " Differences to a method that the study did not declare as its baseline: of means and"
                + " single pairs of seeds, without intervals.")
        + (sources.isEmpty() ? "" : " Published: " + sources + ".");
  }
}
