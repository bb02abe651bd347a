package org.normfree.plots.table;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes tables as HTML. A table that is marked {@code sortable} can be sorted by a script, which
 * finds a number's value in {@code data-value}; groups of rows are bodies of their own.
 */
public final class HtmlTable {
  private HtmlTable() {}

  /**
   * @param table a table
   * @return its caption, the table in a box that scrolls sideways, and its notes
   */
  public static String of(ResultTable table) {
    StringBuilder out = new StringBuilder();
    out.append("<p class=\"caption\">").append(HtmlText.of(table.caption())).append("</p>\n");
    out.append("<div class=\"wide\">\n<table class=\"sortable\" id=\"table-")
        .append(HtmlText.of(table.label()))
        .append("\">\n<thead>\n<tr><th scope=\"col\">")
        .append(HtmlText.of(table.stub()))
        .append("</th>");
    for (ResultTable.Column column : table.columns()) {
      out.append(column.numeric() ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">")
          .append(HtmlText.of(column.heading()))
          .append("</th>");
    }
    out.append("</tr>\n</thead>\n");
    List<Alignment> alignments =
        IntStream.range(0, table.columns().size()).mapToObj(i -> Alignment.of(table, i)).toList();
    for (ResultTable.RowGroup group : table.groups()) {
      out.append("<tbody>\n");
      if (!group.title().isEmpty()) {
        out.append("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"")
            .append(1 + table.columns().size())
            .append("\">")
            .append(HtmlText.of(group.title()))
            .append("</th></tr>\n");
      }
      group.rows().forEach(row -> row(out, row, alignments));
      out.append("</tbody>\n");
    }
    out.append("</table>\n</div>\n");
    table
        .notes()
        .forEach(
            note -> out.append("<p class=\"note\">").append(HtmlText.of(note)).append("</p>\n"));
    return out.toString();
  }

  private static void row(StringBuilder out, ResultTable.Row row, List<Alignment> alignments) {
    out.append("<tr><th scope=\"row\">").append(HtmlText.of(row.label())).append("</th>");
    for (int i = 0; i < alignments.size(); i++) {
      Cell cell = row.cells().get(i);
      if (cell instanceof Cell.Measured measured) {
        number(out, measured, alignments.get(i));
      } else {
        out.append("<td>").append(HtmlText.of(((Cell.Words) cell).text())).append("</td>");
      }
    }
    out.append("</tr>\n");
  }

  private static void number(StringBuilder out, Cell.Measured cell, Alignment alignment) {
    String number = HtmlText.of(cell.value().shown());
    String after = cell.after();
    out.append("<td class=\"number\" data-value=\"")
        .append(cell.value().ascii())
        .append("\">")
        .append(alignment.before(cell.value()))
        .append(cell.strong() ? "<strong>" + number + "</strong>" : number);
    if (!after.isEmpty()) {
      out.append(alignment.after(cell.value()))
          .append(" <span class=\"after\">")
          .append(HtmlText.of(after))
          .append("</span>");
    }
    out.append("</td>");
  }
}
