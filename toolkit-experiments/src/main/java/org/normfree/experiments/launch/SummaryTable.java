package org.normfree.experiments.launch;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;

/** A summary as plain text, for the end of a run. */
public final class SummaryTable {
  private SummaryTable() {}

  /**
   * @param summary an experiment's table
   * @return it in aligned columns, a line a row, each line ended; columns that would be empty are
   *     left out
   */
  public static String text(Summary summary) {
    Columns columns =
        new Columns(
            "method", "setting", "metric", "mean", "95 % interval", "n", "diverged", "published");
    summary.rows().forEach(row -> columns.add(cells(row)));
    return columns.toString();
  }

  private static String[] cells(SummaryRow row) {
    return new String[] {
      row.method(),
      row.setting().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .collect(Collectors.joining(" ")),
      row.metric(),
      row.mean() == null ? "-" : number(row.mean()),
      row.ci95() == null
          ? ""
          : "[%s, %s]".formatted(number(row.ci95().get(0)), number(row.ci95().get(1))),
      Integer.toString(row.n()),
      row.diverged() == 0 ? "" : Integer.toString(row.diverged()),
      row.published() == null ? "" : number(row.published())
    };
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.2f" : "%.4f", value);
  }
}
