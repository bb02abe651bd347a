package org.normfree.core.kernel;

/**
 * Sums of rows, column by column: single precision over a few rows at a time, which vectorizes,
 * then double precision, so that many rows lose nothing.
 */
final class ColumnSums {
  private static final int ROWS_AT_A_TIME = 32;

  private final float[] recent;
  private final double[] total;
  private int rows;

  ColumnSums(int columns) {
    this.recent = new float[columns];
    this.total = new double[columns];
  }

  /** Adds a row. */
  void add(float[] row) {
    VectorMath.add(recent, row, recent.length);
    count();
  }

  /** Adds the element-wise product of two rows. */
  void addProduct(float[] a, float[] b) {
    VectorMath.addProduct(recent, a, b, recent.length);
    count();
  }

  private void count() {
    if (++rows % ROWS_AT_A_TIME == 0) {
      flush();
    }
  }

  private void flush() {
    for (int i = 0; i < recent.length; i++) {
      total[i] += recent[i];
      recent[i] = 0;
    }
  }

  /** Writes the sums. */
  void writeTo(Floats destination) {
    flush();
    float[] values = new float[total.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) total[i];
    }
    destination.put(0, values, 0, values.length);
  }

  /** The sum over all columns. */
  float sum() {
    flush();
    double sum = 0;
    for (double value : total) {
      sum += value;
    }
    return (float) sum;
  }
}
