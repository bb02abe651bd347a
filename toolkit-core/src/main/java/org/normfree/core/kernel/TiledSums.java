package org.normfree.core.kernel;

import java.util.Arrays;

/**
 * Sums over chunks of parts of an array, place by place: in single precision over some chunks at a
 * time, which vectorizes, then in double precision, where the places that belong together meet in
 * one cell. The parts' sums are added in their order by who reads them.
 */
final class TiledSums {
  private final int[] cells;
  private final float[][] recent;
  private final double[][] totals;
  private final int[] chunks;
  private final int most;

  /**
   * @param cells the cell of each place of a row
   * @param lengths number of cells that each part has
   * @param most how many chunks are added up in single precision
   */
  TiledSums(int[] cells, int[] lengths, int most) {
    this.cells = cells;
    this.most = most;
    recent = new float[lengths.length][cells.length];
    totals = new double[lengths.length][];
    Arrays.setAll(totals, part -> new double[lengths[part]]);
    chunks = new int[lengths.length];
  }

  /** Begins a part. */
  void begin(int part) {
    Arrays.fill(totals[part], 0);
  }

  /** Where a chunk of a part is added; to be followed by {@link #added}. */
  float[] recent(int part) {
    return recent[part];
  }

  /** A chunk was added, for the cells from {@code base} on. */
  void added(int part, int base) {
    chunks[part]++;
    if (chunks[part] == most) {
      flush(part, base);
    }
  }

  /** Before a part goes on to other cells. */
  void flush(int part, int base) {
    float[] from = recent[part];
    double[] to = totals[part];
    for (int i = 0; i < from.length; i++) {
      to[base + cells[i]] += from[i];
    }
    Arrays.fill(from, 0);
    chunks[part] = 0;
  }

  /** What a part has in each of its cells. */
  double[] totals(int part) {
    return totals[part];
  }
}
