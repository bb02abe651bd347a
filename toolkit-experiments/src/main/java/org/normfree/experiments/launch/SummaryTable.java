package org.normfree.experiments.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;

/** A summary as plain text, for the end of a run. */
public final class SummaryTable {
  private static final List<String> HEAD =
      List.of("method", "setting", "metric", "mean", "95 % interval", "n", "diverged", "published");

  private SummaryTable() {}

  /**
   * @param summary an experiment's table
   * @return it in aligned columns, a line a row, each line ended; columns that would be empty are
   *     left out
   */
  public static String text(Summary summary) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    summary.rows().forEach(row -> lines.add(cells(row)));
    List<Integer> columns =
        IntStream.range(0, HEAD.size())
            .filter(c -> lines.stream().skip(1).anyMatch(line -> !line.get(c).isEmpty()))
            .boxed()
            .toList();
    Map<Integer, Integer> widths =
        columns.stream()
            .collect(
                Collectors.toMap(
                    c -> c, c -> lines.stream().mapToInt(l -> l.get(c).length()).max().orElse(0)));
    return lines.stream()
        .map(
            line ->
                columns.stream()
                        .map(c -> pad(line.get(c), widths.get(c)))
                        .collect(Collectors.joining("  "))
                        .stripTrailing()
                    + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> cells(SummaryRow row) {
    return List.of(
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
        row.published() == null ? "" : number(row.published()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.2f" : "%.4f", value);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
