package org.normfree.plots.table;

/**
 * How far the numbers of a column reach to both sides of their decimal points, and the spaces that
 * bring the points below each other where digits are equally wide.
 *
 * @param before characters of the longest part before the point
 * @param after characters of the longest part from the point on
 */
record Alignment(int before, int after) {
  /** As wide as a digit. */
  private static final String FIGURE_SPACE = "\u2007";

  static Alignment of(ResultTable table, int column) {
    return new Alignment(
        table.numbers(column).mapToInt(n -> n.value().beforePoint().length()).max().orElse(0),
        table.numbers(column).mapToInt(n -> afterPoint(n.value())).max().orElse(0));
  }

  /** What a number needs on its left. */
  String before(Decimal number) {
    return FIGURE_SPACE.repeat(Math.max(0, before - number.beforePoint().length()));
  }

  /** What a number needs on its right. */
  String after(Decimal number) {
    return FIGURE_SPACE.repeat(Math.max(0, after - afterPoint(number)));
  }

  private static int afterPoint(Decimal number) {
    return number.shown().length() - number.beforePoint().length();
  }
}
