package org.normfree.plots.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The numbers that a figure shows, in full, for whoever wants to draw it anew.
 *
 * @param header the columns' names
 * @param rows the cells, as many in each row as there are columns
 */
public record DataTable(List<String> header, List<List<String>> rows) {
  /** Copies the rows. */
  public DataTable {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
  }

  /** A table that is filled row by row. */
  public static final class Builder {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param columns the columns' names
     */
    public Builder(String... columns) {
      header = List.of(columns);
    }

    /**
     * @param cells a cell a column; null and numbers that are none become empty
     * @return this
     */
    public Builder add(Object... cells) {
      if (cells.length != header.size()) {
        throw new IllegalArgumentException(
            "%s cells in a table of %s columns: give one each"
                .formatted(cells.length, header.size()));
      }
      rows.add(Arrays.stream(cells).map(Builder::cell).toList());
      return this;
    }

    private static String cell(Object value) {
      return value instanceof Double number && !Double.isFinite(number)
          ? ""
          : Objects.toString(value, "");
    }

    /**
     * @return the table
     */
    public DataTable build() {
      return new DataTable(header, rows);
    }
  }

  /**
   * @return RFC 4180 CSV with a heading
   */
  public String csv() {
    StringBuilder out = new StringBuilder(line(header));
    rows.forEach(row -> out.append(line(row)));
    return out.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(
            cell ->
                cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
        .collect(Collectors.joining(",", "", "\n"));
  }
}
