package org.normfree.plots.figure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Group;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.Interval;

/**
 * Rows of a summary as differences to a baseline row: ours with Welch's interval, and the published
 * difference beside it. Differences compare across data sets where the numbers themselves cannot.
 */
final class Differences {
  private static final Pen OURS = PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE);
  private static final Pen PUBLISHED = PaperStyle.pen(PaperStyle.VERMILLION, 0, Mark.DIAMOND);
  private static final double ABOVE = 0.17;
  private static final double BELOW = -0.24;

  private final List<SummaryRow> rows;
  private final SummaryRow baseline;
  private final Map<SummaryRow, String> labels;

  /**
   * @param rows the rows, the baseline among them
   * @param baseline a row that has a mean
   */
  Differences(List<SummaryRow> rows, SummaryRow baseline) {
    this.rows = rows;
    this.baseline = baseline;
    labels = labels(rows);
  }

  boolean published() {
    return baseline.published() != null
        && rows.stream().filter(row -> row.published() != null).count() > 1;
  }

  /** Adds the rows to a panel, the first at 0 and each further one 1 lower. */
  void draw(Panel panel, List<SummaryRow> shown) {
    panel
        .title("(b) difference to " + labels.get(baseline))
        .axes(Names.differenceUnit(baseline.metric()), "");
    panel.verticalReference(0);
    double[] scale = scale();
    for (int i = 0; i < shown.size(); i++) {
      SummaryRow row = shown.get(i);
      if (row.equals(baseline)) {
        continue;
      }
      boolean both = published() && row.published() != null;
      double y = (both ? ABOVE : 0) - i;
      Optional<Interval> ours = difference(row);
      if (ours.isEmpty()) {
        panel.note(Double.NEGATIVE_INFINITY, y, "diverged in every run");
      } else {
        ours(panel, ours.get(), y);
      }
      if (both) {
        published(panel, row.published() - baseline.published(), BELOW - i, scale);
      }
    }
  }

  private Optional<Interval> difference(SummaryRow row) {
    Interval base = Interval.of(baseline).orElseThrow();
    return Interval.of(row).map(interval -> interval.minus(base));
  }

  /** Our differences and as much room again on either side; what is published beyond is noted. */
  private double[] scale() {
    double low = 0;
    double high = 0;
    for (SummaryRow row : rows) {
      Optional<Interval> ours = difference(row);
      if (ours.isPresent() && !row.equals(baseline)) {
        boolean known = ours.get().known();
        low = Math.min(low, known ? ours.get().low() : ours.get().mean());
        high = Math.max(high, known ? ours.get().high() : ours.get().mean());
      }
    }
    double room = Math.max(1, high - low);
    return new double[] {low - room, high + room};
  }

  private static void published(Panel panel, double difference, double y, double[] scale) {
    String number = String.format(Locale.ROOT, "%.1f", difference).replace('-', '−');
    if (difference < scale[0]) {
      panel.note(Double.NEGATIVE_INFINITY, y, "← published " + number);
    } else if (difference > scale[1]) {
      panel.note(Double.NEGATIVE_INFINITY, y, "published " + number + " →");
    } else {
      panel.points(new double[] {difference}, new double[] {y}, PUBLISHED);
    }
  }

  /** A mean with its interval. */
  static void ours(Panel panel, Interval interval, double y) {
    if (interval.known()) {
      panel.interval(interval.low(), interval.high(), y, OURS.color());
    }
    panel.points(new double[] {interval.mean()}, new double[] {y}, OURS);
  }

  List<Legend.Entry> legend() {
    Legend.Entry ours = new Legend.Entry("ours, 95 % interval", OURS, Legend.Key.MARK);
    return published()
        ? List.of(ours, new Legend.Entry("published", PUBLISHED, Legend.Key.MARK))
        : List.of(ours);
  }

  String caption() {
    String sources =
        rows.stream()
            .filter(row -> row.published() != null && row.source() != null)
            .map(SummaryRow::source)
            .distinct()
            .collect(Collectors.joining("; "));
    return " (b) Difference to %s with Welch's 95 %% interval".formatted(labels.get(baseline))
        + (published()
            ? ", and the published difference (%s)."
                .formatted(sources.isEmpty() ? "source not recorded" : sources)
            : ".");
  }

  /** Says how many runs of which rows diverged; empty if none. */
  static String diverged(List<SummaryRow> rows) {
    Map<SummaryRow, String> labels = labels(rows);
    String out =
        rows.stream()
            .filter(row -> row.diverged() > 0)
            .map(
                row ->
                    "“%s” %s of %s"
                        .formatted(labels.get(row), row.diverged(), row.diverged() + row.n()))
            .collect(Collectors.joining(", "));
    return out.isEmpty() ? "" : " Diverged or failed, so not in the means: " + out + ".";
  }

  static Map<SummaryRow, String> labels(List<SummaryRow> rows) {
    Map<Group, String> labels =
        Names.labels(rows.stream().map(row -> new Group(row.method(), row.setting())).toList());
    Map<SummaryRow, String> byRow = new LinkedHashMap<>();
    rows.forEach(row -> byRow.put(row, labels.get(new Group(row.method(), row.setting()))));
    return byRow;
  }

  static List<SummaryRow> withMean(List<SummaryRow> rows) {
    return rows.stream().filter(row -> Interval.of(row).isPresent()).toList();
  }
}
