package org.normfree.core.kernel;

import org.normfree.core.op.Embedding;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/** {@link Embedding}: rows of a table, tokens divided among the threads. */
final class EmbeddingTask implements Task {
  private final Floats table;
  private final Ints ids;
  private final Floats y;
  private final int threads;

  EmbeddingTask(Tensor table, Tensor ids, Tensor y, int threads) {
    this.table = new Floats(table);
    this.ids = new Ints(ids);
    this.y = new Floats(y);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = table.columns;
    float[] row = new float[width];
    int end = Task.share(ids.length, thread + 1, threads);
    for (int i = Task.share(ids.length, thread, threads); i < end; i++) {
      int id = ids.get(i);
      Embedding.requireId(id, i, table.rows);
      table.read(id * width, row, 0, width);
      y.write(i * width, row, 0, width);
    }
  }
}
