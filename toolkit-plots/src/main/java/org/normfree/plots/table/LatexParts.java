package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.List;
import org.normfree.plots.table.ResultTable.Row;
import org.normfree.plots.table.ResultTable.RowGroup;

/**
 * Splits a table into parts that fit a page of LaTeX's article class: columns side by side up to
 * the width of the text, rows up to its height. Widths are estimated from numbers of characters.
 */
final class LatexParts {
  /** Of article's 345 pt, in characters of {@code \footnotesize} scaled down by a tenth at most. */
  private static final double TEXT_WIDTH = 90;

  /** {@code \scriptsize} against {@code \footnotesize}. */
  private static final double SMALL = 0.92;

  private static final double BETWEEN_COLUMNS = 2;
  private static final int LONGEST_STUB = 32;

  /** Lines of {@code \footnotesize} that leave room for a caption and notes. */
  private static final int PAGE = 36;

  private static final int LINES_OF_A_PART = 4;

  private LatexParts() {}

  /**
   * A part.
   *
   * @param columns the indices of its columns
   * @param groups its rows, with the cells of all columns
   * @param stubIsLong whether the names of its rows are longer than a line should be
   */
  record Part(List<Integer> columns, List<RowGroup> groups, boolean stubIsLong) {
    int lines() {
      return LINES_OF_A_PART
          + groups.stream()
              .mapToInt(
                  group -> 1 + group.rows().stream().mapToInt(row -> linesOf(row.label())).sum())
              .sum();
    }
  }

  /**
   * @param table a table
   * @return the parts, those together that share a page
   */
  static List<List<Part>> of(ResultTable table) {
    int stub = table.rows().mapToInt(row -> row.label().length()).max().orElse(0);
    boolean stubIsLong = stub > LONGEST_STUB;
    List<List<Part>> floats = new ArrayList<>();
    int lines = 0;
    for (List<RowGroup> rows : byHeight(table)) {
      for (List<Integer> columns : byWidth(table, Math.min(stub, LONGEST_STUB))) {
        Part part = new Part(columns, rows, stubIsLong);
        if (floats.isEmpty() || lines + part.lines() > PAGE + LINES_OF_A_PART) {
          floats.add(new ArrayList<>());
          lines = 0;
        }
        floats.get(floats.size() - 1).add(part);
        lines += part.lines();
      }
    }
    return floats;
  }

  private static List<List<Integer>> byWidth(ResultTable table, int stub) {
    List<List<Integer>> parts = new ArrayList<>();
    double width = 0;
    for (int i = 0; i < table.columns().size(); i++) {
      double own = width(table, i) + BETWEEN_COLUMNS;
      if (parts.isEmpty() || width + own > TEXT_WIDTH) {
        parts.add(new ArrayList<>());
        width = stub;
      }
      parts.get(parts.size() - 1).add(i);
      width += own;
    }
    return parts.isEmpty() ? List.of(List.of()) : parts;
  }

  private static double width(ResultTable table, int column) {
    double heading =
        LatexTable.lines(table.columns().get(column).heading()).stream()
            .mapToInt(String::length)
            .max()
            .orElse(0);
    Alignment alignment = Alignment.of(table, column);
    double after =
        table.numbers(column).mapToInt(cell -> cell.after().length()).max().orElse(0) * SMALL;
    double words =
        table
            .rows()
            .map(row -> row.cells().get(column))
            .mapToInt(cell -> cell instanceof Cell.Words w ? w.text().length() : 0)
            .max()
            .orElse(0);
    return Math.max(heading, Math.max(words, alignment.before() + alignment.after() + after));
  }

  /** Breaks between rows; a group that goes on has its title again. */
  private static List<List<RowGroup>> byHeight(ResultTable table) {
    List<List<RowGroup>> parts = new ArrayList<>();
    parts.add(new ArrayList<>());
    int lines = 0;
    for (RowGroup group : table.groups()) {
      List<Row> rows = new ArrayList<>();
      lines++;
      for (Row row : group.rows()) {
        int own = linesOf(row.label());
        if (lines + own > PAGE && lines > 1) {
          if (!rows.isEmpty()) {
            parts.get(parts.size() - 1).add(new RowGroup(group.title(), List.copyOf(rows)));
            rows.clear();
          }
          parts.add(new ArrayList<>());
          lines = 1;
        }
        rows.add(row);
        lines += own;
      }
      if (!rows.isEmpty()) {
        parts.get(parts.size() - 1).add(new RowGroup(group.title(), rows));
      }
    }
    parts.removeIf(List::isEmpty);
    return parts.isEmpty() ? List.of(List.of()) : parts;
  }

  private static int linesOf(String label) {
    return 1 + (label.length() - 1) / LONGEST_STUB;
  }
}
