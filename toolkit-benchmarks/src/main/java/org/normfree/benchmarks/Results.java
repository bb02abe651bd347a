package org.normfree.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Json;

/** The rows of an invocation: a table on the screen and {@code bench.json}. */
final class Results {
  private static final String FILE = "bench.json";

  private final List<Row> rows = new ArrayList<>();

  /** The file's content. */
  record Content(List<Row> rows) {}

  void add(Row row) {
    rows.add(row);
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Writes the file; what it held before is replaced. */
  void write(Path folder) {
    AtomicFile.write(folder.resolve(FILE), Json.pretty(new Content(rows)));
  }

  /** Prints the rows as a Markdown table. */
  void print(PrintWriter out) {
    List<String[]> lines = new ArrayList<>();
    lines.add(
        new String[] {"bench", "case", "ours", "peer", "unit", "median", "p10", "p90", "ratio"});
    for (Row row : rows) {
      lines.add(
          new String[] {
            row.bench(),
            row.name(),
            row.ours(),
            row.peer(),
            row.unit(),
            number(row.median()),
            number(row.p10()),
            number(row.p90()),
            String.format(Locale.ROOT, "%.3f", row.ratio())
          });
    }
    int columns = lines.get(0).length;
    int[] widths = new int[columns];
    for (String[] line : lines) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], line[c].length());
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      StringBuilder text = new StringBuilder("|");
      for (int c = 0; c < columns; c++) {
        text.append(' ').append(pad(lines.get(i)[c], widths[c])).append(" |");
      }
      out.println(text);
      if (i == 0) {
        out.println("|" + "---|".repeat(columns));
      }
    }
    out.flush();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  /** Four significant digits. */
  private static String number(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return Double.toString(value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(Math.abs(value))));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
