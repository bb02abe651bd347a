package org.normfree.core.kernel;

import org.normfree.core.task.Task;

/**
 * How the rows of equally wide arrays are divided: among the threads of a team, and for each thread
 * in blocks of some rows, small enough that a few of them stay in the second-level cache, and many
 * enough that sums over rows are seldom read and written.
 */
final class Blocks {
  private static final int FLOATS = 12_288;
  private static final int MOST_ROWS = 64;

  private final int rows;
  private final int threads;

  /** Distance of rows in a block. */
  final int stride;

  /** Rows of a block; the last one may have fewer. */
  final int count;

  /** One block's work. */
  interface Body {
    /**
     * @param row the first row
     * @param count number of rows
     */
    void run(int row, int count);
  }

  /** For rows of their own. */
  static Blocks ofRows(int rows, int columns, int threads, RowLoops loops) {
    int stride = loops.stride(columns);
    int count = Math.min(MOST_ROWS, Math.max(1, FLOATS / stride));
    return new Blocks(rows, threads, stride, Math.min(count, Math.max(1, rows)));
  }

  private Blocks(int rows, int threads, int stride, int count) {
    this.rows = rows;
    this.threads = threads;
    this.stride = stride;
    this.count = count;
  }

  /** Number of threads. */
  int threads() {
    return threads;
  }

  /** Length of an array for a block. */
  int length() {
    return count * stride;
  }

  /** Goes over a thread's rows. */
  void forEach(int thread, Body body) {
    int end = Task.share(rows, thread + 1, threads);
    for (int row = Task.share(rows, thread, threads); row < end; row += count) {
      body.run(row, Math.min(count, end - row));
    }
  }
}
