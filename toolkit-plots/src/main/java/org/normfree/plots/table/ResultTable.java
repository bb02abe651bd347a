package org.normfree.plots.table;

import java.util.List;
import java.util.stream.Stream;
import org.normfree.plots.archive.Experiment;

/**
 * A table as it is read: rows of methods or variants, in groups that share a condition; columns of
 * metrics, or of the values of an ordered axis.
 *
 * @param label a name that no other table of the archive has, of letters, digits, dots and hyphens
 * @param caption what is shown, over how many runs, with which intervals and which test
 * @param stub the heading above the names of the rows
 * @param columns the columns
 * @param groups the rows
 * @param notes what a reader must know of single cells; sources of published numbers
 */
public record ResultTable(
    String label,
    String caption,
    String stub,
    List<Column> columns,
    List<RowGroup> groups,
    List<String> notes) {
  /**
   * A column.
   *
   * @param heading its heading
   * @param numeric whether its cells are numbers that are aligned on their decimal points
   */
  record Column(String heading, boolean numeric) {}

  /**
   * Rows under one condition.
   *
   * @param title the condition; empty if all rows of the table share it
   * @param rows the rows
   */
  record RowGroup(String title, List<Row> rows) {}

  /**
   * A row.
   *
   * @param label its name
   * @param cells a cell a column
   */
  record Row(String label, List<Cell> cells) {}

  /** Copies the lists. */
  public ResultTable {
    columns = List.copyOf(columns);
    groups = List.copyOf(groups);
    notes = List.copyOf(notes);
  }

  /**
   * @param experiment a recorded experiment
   * @return its tables, that of the primary metric first, that of the differences to the baseline
   *     last
   */
  public static List<ResultTable> of(Experiment experiment) {
    return Stream.concat(Pivot.of(experiment).stream(), DifferenceTable.of(experiment).stream())
        .toList();
  }

  /** All rows of all groups. */
  Stream<Row> rows() {
    return groups.stream().flatMap(group -> group.rows().stream());
  }

  /** The numbers of a column. */
  Stream<Cell.Measured> numbers(int column) {
    return rows()
        .map(row -> row.cells().get(column))
        .filter(Cell.Measured.class::isInstance)
        .map(Cell.Measured.class::cast);
  }
}
