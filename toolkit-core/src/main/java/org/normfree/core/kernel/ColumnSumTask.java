package org.normfree.core.kernel;

import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@code y = Σ_rows x} in double precision; the columns are divided among the threads, so the size
 * of the team does not change a bit.
 */
final class ColumnSumTask implements Task {
  private final Floats x;
  private final Floats y;
  private final int threads;

  ColumnSumTask(Tensor x, Tensor y, int threads) {
    this.x = new Floats(x);
    this.y = new Floats(y);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int from = Task.share(x.columns, thread, threads);
    int n = Task.share(x.columns, thread + 1, threads) - from;
    float[] row = new float[n];
    double[] sums = new double[n];
    for (int i = 0; i < x.rows; i++) {
      x.read(i * x.columns + from, row, 0, n);
      for (int j = 0; j < n; j++) {
        sums[j] += row[j];
      }
    }
    for (int j = 0; j < n; j++) {
      row[j] = (float) sums[j];
    }
    y.write(from, row, 0, n);
  }
}
