package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@code a∘b} where b has a number for each leading part of a, as [batch, 1, 1, 1] for [batch,
 * height, width, channels]: masks of stochastic depth, shares of signal and noise. oneDNN takes a
 * path without vectors there.
 */
final class RowScalingTask implements Task {
  private static final int CHUNK = 4096;

  private final RowLoops loops;
  private final Floats a;
  private final Floats b;
  private final Floats result;
  private final int part;
  private final int threads;

  private RowScalingTask(RowLoops loops, Tensor a, Tensor b, Tensor result, int threads) {
    this.loops = loops;
    this.a = new Floats(a);
    this.b = new Floats(b);
    this.result = new Floats(result);
    part = Math.toIntExact(a.length() / b.length());
    this.threads = threads;
  }

  /**
   * @return empty for another pair of shapes, or another type than FLOAT
   */
  static Optional<Task> prepare(RowLoops loops, List<Tensor> inputs, Tensor result, int threads) {
    boolean fits =
        Floating.all(inputs, List.of(result))
            && Arrays.equals(inputs.get(0).shape(), result.shape())
            && leads(inputs.get(1).shape(), result.shape());
    return fits
        ? Optional.of(new RowScalingTask(loops, inputs.get(0), inputs.get(1), result, threads))
        : Optional.empty();
  }

  /** Whether a shape is another's first axes and then ones, at least for an axis that is longer. */
  static boolean leads(long[] small, long[] large) {
    if (small.length != large.length) {
      return false;
    }
    int axis = 0;
    while (axis < small.length && small[axis] == large[axis]) {
      axis++;
    }
    boolean shorter = axis < small.length;
    while (axis < small.length && small[axis] == 1) {
      axis++;
    }
    return shorter && axis == small.length;
  }

  @Override
  public void run(int phase, int thread) {
    Workbench bench = Workbench.of(loops);
    float[] values = bench.array(0, CHUNK);
    float[] factor = new float[1];
    int end = Task.share(b.length(), thread + 1, threads);
    for (int row = Task.share(b.length(), thread, threads); row < end; row++) {
      b.read(row, factor, 0, 1);
      for (int from = row * part; from < (row + 1) * part; from += CHUNK) {
        int n = Math.min(CHUNK, (row + 1) * part - from);
        a.read(from, values, 0, n);
        bench.loops().scale(values, factor[0], n);
        result.write(from, values, 0, n);
      }
    }
  }
}
