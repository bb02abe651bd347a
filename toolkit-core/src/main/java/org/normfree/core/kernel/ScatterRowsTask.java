package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.op.RowIds;
import org.normfree.core.op.ScatterRows;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link ScatterRows}, also as the gradient of gathering. Columns are divided among the threads, so
 * that the order of a sum is that of the ids whatever the team.
 */
final class ScatterRowsTask implements Task {
  private final Floats from;
  private final Ints ids;
  private final Floats y;
  private final int rows;
  private final int each;
  private final int threads;

  ScatterRowsTask(Tensor from, Tensor ids, Tensor y, int threads) {
    this.from = new Floats(from);
    this.ids = new Ints(ids);
    this.y = new Floats(y);
    rows = Math.toIntExact(y.shape()[1]);
    each = Math.toIntExact(ids.shape()[1]);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = y.columns;
    int first = Task.share(width, thread, threads);
    int length = Task.share(width, thread + 1, threads) - first;
    float[] sums = new float[rows * length];
    float[] row = new float[length];
    for (int example = 0; example < y.rows / rows; example++) {
      Arrays.fill(sums, 0);
      for (int k = 0; k < each; k++) {
        int id = ids.get(example * each + k);
        RowIds.require(id, example, k, rows);
        from.read((example * each + k) * width + first, row, 0, length);
        add(row, sums, id * length, length);
      }
      for (int r = 0; r < rows; r++) {
        y.write((example * rows + r) * width + first, sums, r * length, length);
      }
    }
  }

  private static void add(float[] row, float[] sums, int at, int length) {
    for (int c = 0; c < length; c++) {
      sums[at + c] += row[c];
    }
  }
}
