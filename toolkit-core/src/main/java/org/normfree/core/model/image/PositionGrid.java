package org.normfree.core.model.image;

import org.normfree.core.model.Checks;

/**
 * Sine and cosine positions on a grid of patches. A coordinate u becomes {@code s(u) = [sin(u·ω₀)
 * …, cos(u·ω₀) …]}, sines first and not interleaved, with {@code ω_k = 10000^(−k/q)} for k below q,
 * a quarter of the channels; a patch has s of one coordinate and behind it s of the other. The two
 * conventions differ in which comes first. A small network finds out where a patch lies far sooner
 * than from small random positions.
 */
public enum PositionGrid {
  /** {@code [s(row), s(column)]}. Source: arXiv 2205.01580 (posemb sincos2d). */
  ROW_FIRST,
  /**
   * {@code [s(column), s(row)]}. Source: facebookresearch/mae and, the same code, facebookresearch/
   * DiT, whose variables are named the other way round.
   */
  COLUMN_FIRST;

  /**
   * The table.
   *
   * @param rows patches down
   * @param columns patches across
   * @param dim channels; those behind four quarters are 0
   * @return [rows·columns, dim], row-major
   */
  public double[] table(int rows, int columns, int dim) {
    int quarter = dim / 4;
    double[] values = new double[rows * columns * dim];
    for (int patch = 0; patch < rows * columns; patch++) {
      int row = patch / columns;
      int column = patch % columns;
      int at = patch * dim;
      write(values, at, quarter, this == ROW_FIRST ? row : column);
      write(values, at + 2 * quarter, quarter, this == ROW_FIRST ? column : row);
    }
    return values;
  }

  /**
   * The table behind a row of zeros for a class token.
   *
   * @return [1 + rows·columns, dim], row-major
   */
  public double[] tableWithClassToken(int rows, int columns, int dim) {
    double[] patches = table(rows, columns, dim);
    double[] values = new double[dim + patches.length];
    System.arraycopy(patches, 0, values, dim, patches.length);
    return values;
  }

  /** Refuses a width that cannot be divided into sines and cosines of two coordinates. */
  static void requireQuarters(String name, int dim) {
    Checks.require(
        dim % 4 == 0,
        "%s=%d is not divisible by 4, which positions of two coordinates need; choose %d",
        name,
        dim,
        4 * Math.max(1, Math.round(dim / 4f)));
  }

  private static void write(double[] values, int at, int quarter, int coordinate) {
    for (int k = 0; k < quarter; k++) {
      double angle = coordinate * StrictMath.pow(10000, -(double) k / quarter);
      values[at + k] = StrictMath.sin(angle);
      values[at + quarter + k] = StrictMath.cos(angle);
    }
  }
}
