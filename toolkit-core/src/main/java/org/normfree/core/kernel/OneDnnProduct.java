package org.normfree.core.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A matrix product for a team: each thread computes its rows or its columns of the result, whatever
 * there are more of.
 */
final class OneDnnProduct {
  /** Shares start at multiples of it, so that no two threads write one line of the cache. */
  private static final int GRAIN = 16;

  private final View a;
  private final View b;
  private final View c;
  private final View bias;
  private final View addend;

  /**
   * @param a op(a), [m, k]
   * @param b op(b), [k, n]
   * @param c the result, [m, n]
   * @param bias [1, n] or null
   * @param addend [m, n] or null; may be c's memory
   */
  OneDnnProduct(View a, View b, View c, View bias, View addend) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.bias = bias;
    this.addend = addend;
  }

  /** The product of a team of so many threads. */
  Task task(int threads) {
    boolean byRows = c.sizes()[0] >= c.sizes()[1];
    int length = (int) c.sizes()[byRows ? 0 : 1];
    return new PreparedTask(
        threads,
        thread -> {
          int from = start(length, thread, threads);
          int to = start(length, thread + 1, threads);
          return from == to ? null : (byRows ? rows(from, to) : columns(from, to)).prepare();
        });
  }

  private Product rows(int from, int to) {
    return Product.of(a.part(0, from, to), b, c.part(0, from, to))
        .plusBias(bias)
        .plus(addend == null ? null : addend.part(0, from, to));
  }

  private Product columns(int from, int to) {
    return Product.of(a, b.part(1, from, to), c.part(1, from, to))
        .plusBias(bias == null ? null : bias.part(1, from, to))
        .plus(addend == null ? null : addend.part(1, from, to));
  }

  private static int start(int length, int thread, int threads) {
    if (thread == threads) {
      return length;
    }
    int share = Task.share(length, thread, threads);
    return length < 2 * GRAIN * threads ? share : share / GRAIN * GRAIN;
  }

  /** {@code y = Σ_rows x} as a product with a row of ones, which oneDNN's own reduction is not. */
  static Task columnSum(Tensor x, Tensor y, int threads) {
    int rows = x.rows();
    FloatPointer ones = new FloatPointer(rows);
    for (int i = 0; i < rows; i++) {
      ones.put(i, 1f);
    }
    Task sum =
        new OneDnnProduct(
                View.of(ones.address(), DataType.FLOAT, 1, rows),
                View.matrix(x),
                View.of(y.address(), DataType.FLOAT, 1, y.length()),
                null,
                null)
            .task(threads);
    return new Holding(sum, ones);
  }

  /** Keeps the memory of a task's operand from being freed. */
  private record Holding(Task task, Pointer memory) implements Task {
    @Override
    public void run(int phase, int thread) {
      task.run(phase, thread);
    }
  }
}
