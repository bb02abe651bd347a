package org.normfree.core.kernel;

import java.util.Arrays;

/**
 * Sums that a team takes over chunks of an array, place by place: each thread's in single precision
 * over some chunks at a time, which vectorizes, then in double precision, where the places that
 * belong together meet in one cell. The threads' own sums are added in their order by who reads
 * them.
 */
final class TiledSums {
  private static final int CHUNKS_AT_A_TIME = 32;

  private final int[] cells;
  private final float[][] recent;
  private final double[][] totals;
  private final int[] chunks;

  /**
   * @param cells the cell of each place of a chunk
   * @param lengths number of cells that each thread has
   */
  TiledSums(int[] cells, int[] lengths) {
    this.cells = cells;
    recent = new float[lengths.length][cells.length];
    totals = new double[lengths.length][];
    Arrays.setAll(totals, thread -> new double[lengths[thread]]);
    chunks = new int[lengths.length];
  }

  /** Begins a thread's share. */
  void begin(int thread) {
    Arrays.fill(totals[thread], 0);
  }

  /** Where a thread adds a chunk; to be followed by {@link #added}. */
  float[] recent(int thread) {
    return recent[thread];
  }

  /** A thread has added a chunk, for the cells from {@code base} on. */
  void added(int thread, int base) {
    chunks[thread]++;
    if (chunks[thread] == CHUNKS_AT_A_TIME) {
      flush(thread, base);
    }
  }

  /** Before a thread goes on to other cells. */
  void flush(int thread, int base) {
    float[] from = recent[thread];
    double[] to = totals[thread];
    for (int i = 0; i < from.length; i++) {
      to[base + cells[i]] += from[i];
    }
    Arrays.fill(from, 0);
    chunks[thread] = 0;
  }

  /** What a thread has in each of its cells. */
  double[] totals(int thread) {
    return totals[thread];
  }
}
