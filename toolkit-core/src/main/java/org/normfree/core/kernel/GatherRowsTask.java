package org.normfree.core.kernel;

import org.normfree.core.op.GatherRows;
import org.normfree.core.op.RowIds;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/** {@link GatherRows}: the rows of the result are divided among the threads. */
final class GatherRowsTask implements Task {
  private final Floats x;
  private final Ints ids;
  private final Floats y;
  private final int rows;
  private final int each;
  private final int threads;

  GatherRowsTask(Tensor x, Tensor ids, Tensor y, int threads) {
    this.x = new Floats(x);
    this.ids = new Ints(ids);
    this.y = new Floats(y);
    rows = Math.toIntExact(x.shape()[1]);
    each = Math.toIntExact(ids.shape()[1]);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = x.columns;
    float[] row = new float[width];
    int end = Task.share(ids.length, thread + 1, threads);
    for (int i = Task.share(ids.length, thread, threads); i < end; i++) {
      int id = ids.get(i);
      RowIds.require(id, i / each, i % each, rows);
      x.read((i / each * rows + id) * width, row, 0, width);
      y.write(i * width, row, 0, width);
    }
  }
}
