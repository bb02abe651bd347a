package org.normfree.core.kernel;

import java.util.Arrays;

/**
 * Sums of rows, column by column, by a team: each thread's in single precision over some rows at a
 * time, which vectorizes, then in double precision, so that many rows lose nothing; at last those
 * of the threads, in their order.
 */
final class ColumnSums {
  private static final int ROWS_AT_A_TIME = 64;

  private final int columns;
  private final float[][] recent;
  private final double[][] total;
  private final int[] rows;
  private final float[] result;

  ColumnSums(int columns, int stride, int threads) {
    this.columns = columns;
    recent = new float[threads][stride];
    total = new double[threads][columns];
    rows = new int[threads];
    result = new float[columns];
  }

  /** Begins a thread's share. */
  void begin(int thread) {
    Arrays.fill(recent[thread], 0);
    Arrays.fill(total[thread], 0);
    rows[thread] = 0;
  }

  /** Where a thread adds rows; to be followed by {@link #added}. */
  float[] recent(int thread) {
    return recent[thread];
  }

  /** A thread has added so many rows. */
  void added(int thread, int count) {
    rows[thread] += count;
    if (rows[thread] + count > ROWS_AT_A_TIME) {
      flush(thread);
    }
  }

  /** Ends a thread's share. */
  void flush(int thread) {
    float[] sums = recent[thread];
    double[] into = total[thread];
    for (int i = 0; i < columns; i++) {
      into[i] += sums[i];
    }
    Arrays.fill(sums, 0);
    rows[thread] = 0;
  }

  /** Writes a thread's own sums as a row. */
  void writeRow(int thread, Floats destination, int row) {
    float[] mine = recent[thread];
    double[] sums = total[thread];
    for (int i = 0; i < columns; i++) {
      mine[i] = (float) sums[i];
    }
    destination.write(row * columns, mine, 0, columns);
  }

  /** Writes the sums, or their sum where there is room for one only; all threads have ended. */
  void writeTo(Floats destination) {
    double[] sums = total[0];
    for (int thread = 1; thread < total.length; thread++) {
      double[] more = total[thread];
      for (int i = 0; i < columns; i++) {
        sums[i] += more[i];
      }
    }
    if (destination.length() == 1) {
      double sum = 0;
      for (double value : sums) {
        sum += value;
      }
      result[0] = (float) sum;
      destination.write(0, result, 0, 1);
    } else {
      for (int i = 0; i < columns; i++) {
        result[i] = (float) sums[i];
      }
      destination.write(0, result, 0, columns);
    }
  }
}
