package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.record.Difference;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.table.ResultTable.Column;
import org.normfree.plots.table.ResultTable.Row;
import org.normfree.plots.table.ResultTable.RowGroup;

/** The table of differences to the baseline: estimates, tests, and the noise of the test set. */
final class DifferenceTable {
  private static final double SMALLEST_P = 0.001;

  private DifferenceTable() {}

  /**
   * @param experiment a recorded experiment
   * @return the differences of every metric; empty if nothing was compared
   */
  static Optional<ResultTable> of(Experiment experiment) {
    Summary summary = experiment.summary();
    Map<String, List<SummaryRow>> compared = new LinkedHashMap<>();
    Stream.concat(
            summary.metrics().stream().map(Metric::name),
            summary.rows().stream().map(SummaryRow::metric))
        .distinct()
        .forEach(
            metric -> {
              List<SummaryRow> rows =
                  experiment.rows(metric).stream().filter(DifferenceTable::isCompared).toList();
              if (!rows.isEmpty()) {
                compared.put(metric, rows);
              }
            });
    if (compared.isEmpty()) {
      return Optional.empty();
    }
    boolean items =
        compared.values().stream()
            .flatMap(List::stream)
            .anyMatch(row -> Rounding.known(row.difference().items()));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                new Column("difference", true),
                new Column("pairs", true),
                new Column("p", true),
                new Column("p, Holm", true),
                new Column("p, sign flip", true)));
    if (items) {
      columns.add(new Column("over test items", false));
    }
    List<RowGroup> groups = new ArrayList<>();
    compared.forEach((metric, rows) -> groups.add(group(summary, metric, rows, items)));
    return Optional.of(
        new ResultTable(
            experiment.id() + "-differences",
            caption(summary),
            "method",
            columns,
            groups,
            items
                ? List.of(
                    "Over test items: 95 % interval by a paired bootstrap, the noise of the test set.")
                : List.of()));
  }

  private static String caption(Summary summary) {
    TableWords words =
        new TableWords(Layout.of(summary, summary.rows()), summary.metrics(), summary.rows());
    return ("%s: differences to %s, paired by seed, with 95 %% intervals (Student's t on the metric's"
            + " scale, taken back at the baseline's level); p of the paired t test, after Holm's"
            + " correction over the metric's comparisons, and of the exact sign-flip permutation"
            + " test.")
        .formatted(summary.experiment(), words.baseline());
  }

  private static boolean isCompared(SummaryRow row) {
    Difference difference = row.difference();
    return difference != null && Rounding.isNumber(difference.estimate());
  }

  private static RowGroup group(
      Summary summary, String metric, List<SummaryRow> rows, boolean items) {
    Layout layout = Layout.of(summary, rows);
    Map<Group, String> labels =
        layout.labels(rows.stream().map(layout::variant).distinct().toList());
    boolean scientific =
        rows.stream()
            .map(SummaryRow::difference)
            .anyMatch(
                d -> d.estimate() != 0 && Rounding.needsPowerOfTen(d.estimate(), d.interval()));
    List<Row> lines = new ArrayList<>();
    for (SummaryRow row : rows) {
      Map<String, String> condition = new LinkedHashMap<>(layout.condition(row));
      layout.over().ifPresent(axis -> condition.put(axis, layout.column(row)));
      condition.values().removeIf(String::isEmpty);
      String words = layout.words(condition);
      String label = labels.get(layout.variant(row)) + (words.isEmpty() ? "" : ", " + words);
      Difference difference = row.difference();
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.measured(difference.estimate(), difference.interval(), scientific, "", false));
      cells.add(Cell.count(difference.n()));
      cells.add(p(difference.p()));
      cells.add(p(difference.pHolm()));
      cells.add(p(difference.pPermutation()));
      if (items) {
        cells.add(items(difference));
      }
      lines.add(new Row(label, cells));
    }
    return new RowGroup(summary.metric(metric).label(), lines);
  }

  private static Cell items(Difference difference) {
    return Rounding.known(difference.items())
        ? new Cell.Words(
            Cell.measured(difference.estimate(), difference.items(), false, "", false).after())
        : Cell.NOTHING;
  }

  private static Cell p(Double p) {
    if (!Rounding.isNumber(p)) {
      return Cell.NOTHING;
    }
    return p < SMALLEST_P
        ? new Cell.Words("< " + String.format(Locale.ROOT, "%.3f", SMALLEST_P))
        : new Cell.Measured(new Rounding(3, false).apply(p), Optional.empty(), "", false);
  }
}
