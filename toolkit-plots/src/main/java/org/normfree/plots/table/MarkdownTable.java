package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes tables as Markdown. Numbers are padded with spaces as wide as a digit, so that their
 * decimal points stand below each other in the text and on the page.
 */
public final class MarkdownTable {
  private static final String SPECIAL = "\\`*_<>|~";

  private MarkdownTable() {}

  /**
   * @param tables tables of one experiment
   * @return each with its caption above and its notes below
   */
  public static String of(List<ResultTable> tables) {
    return tables.stream().map(MarkdownTable::of).collect(Collectors.joining("\n"));
  }

  private static String of(ResultTable table) {
    List<List<String>> lines = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of(text(table.stub())));
    table.columns().forEach(column -> heading.add(text(column.heading())));
    lines.add(heading);
    lines.add(Collections.nCopies(heading.size(), "---"));
    List<Alignment> alignments =
        IntStream.range(0, table.columns().size()).mapToObj(i -> Alignment.of(table, i)).toList();
    for (ResultTable.RowGroup group : table.groups()) {
      if (!group.title().isEmpty()) {
        List<String> title = new ArrayList<>(Collections.nCopies(heading.size(), ""));
        title.set(0, "*" + text(group.title()) + "*");
        lines.add(title);
      }
      for (ResultTable.Row row : group.rows()) {
        List<String> line = new ArrayList<>(List.of(text(row.label())));
        for (int i = 0; i < alignments.size(); i++) {
          line.add(cell(row.cells().get(i), alignments.get(i)));
        }
        lines.add(line);
      }
    }
    StringBuilder out =
        new StringBuilder("**Table.** ").append(text(table.caption())).append("\n\n");
    lines.forEach(
        line -> out.append(line.stream().collect(Collectors.joining(" | ", "| ", " |\n"))));
    table.notes().forEach(note -> out.append('\n').append(text(note)).append('\n'));
    return out.toString();
  }

  private static String cell(Cell cell, Alignment alignment) {
    if (cell instanceof Cell.Words words) {
      return text(words.text());
    }
    Cell.Measured measured = (Cell.Measured) cell;
    String number = measured.value().shown();
    String after = measured.after();
    return alignment.before(measured.value())
        + (measured.strong() ? "**" + number + "**" : number)
        + (after.isEmpty() ? "" : alignment.after(measured.value()) + " " + text(after));
  }

  /**
   * @param text plain text
   * @return the same as Markdown, on one line, in a table or outside
   */
  public static String text(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                out.append(' ');
              } else if (c == '&') {
                out.append("&amp;");
              } else if (Character.getType(c) == Character.SURROGATE) {
                out.append('\uFFFD');
              } else {
                boolean link = c == '(' && out.length() > 0 && out.charAt(out.length() - 1) == ']';
                out.append(link || SPECIAL.indexOf(c) >= 0 ? "\\" : "").appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
