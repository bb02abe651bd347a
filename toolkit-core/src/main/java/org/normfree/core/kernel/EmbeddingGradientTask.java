package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.op.Embedding;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The gradient of {@link Embedding}: every token's row is added to the row of its id. Columns are
 * divided among the threads, so that the order of a sum is that of the tokens whatever the team.
 */
final class EmbeddingGradientTask implements Task {
  private final Ints ids;
  private final Floats upstream;
  private final Floats gradient;
  private final int threads;

  EmbeddingGradientTask(Tensor ids, Tensor upstream, Tensor gradient, int threads) {
    this.ids = new Ints(ids);
    this.upstream = new Floats(upstream);
    this.gradient = new Floats(gradient);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = gradient.columns;
    int from = Task.share(width, thread, threads);
    int length = Task.share(width, thread + 1, threads) - from;
    float[] sum = new float[gradient.rows * length];
    float[] row = new float[length];
    for (int i = 0; i < ids.length; i++) {
      int id = ids.get(i);
      Embedding.requireId(id, i, gradient.rows);
      upstream.read(i * width + from, row, 0, length);
      add(row, sum, id * length, length);
    }
    for (int id = 0; id < gradient.rows; id++) {
      gradient.write(
          id * width + from, Arrays.copyOfRange(sum, id * length, (id + 1) * length), 0, length);
    }
  }

  private static void add(float[] row, float[] sum, int at, int length) {
    for (int c = 0; c < length; c++) {
      sum[at + c] += row[c];
    }
  }
}
