package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A matrix product for a team: each thread computes its rows or its columns of the result, whatever
 * there are more of, or parts of a sum as {@link SummedProduct} has them.
 */
final class OneDnnProduct {
  /** Shares start at multiples of it, so that no two threads write one line of the cache. */
  private static final int GRAIN = 16;

  /** What a share has at least: oneDNN adds up a single row or column in another order. */
  private static final int LEAST = 8;

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
    Optional<Task> summed =
        bias == null ? SummedProduct.prepare(a, b, c, addend, threads) : Optional.empty();
    return summed.orElseGet(() -> new PreparedTask(threads, thread -> share(thread, threads)));
  }

  /** What one thread of a team does; null for nothing. */
  private Prepared share(int thread, int threads) {
    boolean byRows = c.sizes()[0] >= c.sizes()[1];
    int length = (int) c.sizes()[byRows ? 0 : 1];
    int from = start(length, thread, threads);
    int to = start(length, thread + 1, threads);
    return from == to ? null : (byRows ? rows(from, to) : columns(from, to)).prepare();
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
    int unit = length < 2 * GRAIN * threads ? LEAST : GRAIN;
    return Task.share(Math.max(1, length / unit), thread, threads) * unit;
  }

  /** {@code y = Σ_rows x} as a product with a row of ones, which oneDNN's own reduction is not. */
  static Task columnSum(Tensor x, Tensor y, int threads) {
    return new ColumnSum(x, y, threads);
  }

  /** The ones lie in scratch memory; each thread writes its own. */
  private static final class ColumnSum implements Task {
    private static final float[] ONES = ones();

    private final Tensor x;
    private final Tensor y;
    private final int threads;
    private final Floats[] rows;
    private final Prepared[] sums;

    ColumnSum(Tensor x, Tensor y, int threads) {
      this.x = x;
      this.y = y;
      this.threads = threads;
      rows = new Floats[threads];
      sums = new Prepared[threads];
    }

    private static float[] ones() {
      float[] ones = new float[1024];
      Arrays.fill(ones, 1);
      return ones;
    }

    @Override
    public long scratchBytes() {
      return threads * bytes();
    }

    private long bytes() {
      return (x.rows() * (long) Float.BYTES + 63) / 64 * 64;
    }

    @Override
    public void place(long address) {
      View sum = View.of(y.address(), DataType.FLOAT, 1, y.length());
      for (int thread = 0; thread < threads; thread++) {
        Tensor ones = new Tensor(address + thread * bytes(), DataType.FLOAT, 1, x.rows());
        rows[thread] = new Floats(ones);
        sums[thread] =
            new OneDnnProduct(View.of(ones), View.matrix(x), sum, null, null)
                .share(thread, threads);
      }
    }

    @Override
    public void run(int phase, int thread) {
      if (sums[thread] == null) {
        return;
      }
      int length = rows[thread].length();
      for (int at = 0; at < length; at += ONES.length) {
        rows[thread].write(at, ONES, 0, Math.min(ONES.length, length - at));
      }
      sums[thread].run();
    }
  }
}
