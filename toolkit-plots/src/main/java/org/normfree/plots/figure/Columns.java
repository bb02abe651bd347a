package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.List;
import org.normfree.plots.chart.Sheet;

/** How many panels stand beside each other. */
final class Columns {
  /** A sheet from this width on has room for two panels of the usual size. */
  static final int TWO_FROM = 430;

  private static final int SMALL_PANEL = 165;

  private Columns() {}

  /**
   * @return how many small panels a sheet has room for
   */
  static int small(Sheet sheet) {
    return Math.max(1, Math.min(4, (int) Math.round(sheet.width() / (double) SMALL_PANEL)));
  }

  /**
   * @return things in rows of so many
   */
  static <T> List<List<T>> rows(List<T> all, int columns) {
    List<List<T>> rows = new ArrayList<>();
    for (int i = 0; i < all.size(); i += columns) {
      rows.add(all.subList(i, Math.min(i + columns, all.size())));
    }
    return rows;
  }
}
