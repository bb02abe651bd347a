package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Sum or mean over neighbouring axes, and its gradient: {@code y[o, i] = Σ_k x[o, k, i] / d} and
 * {@code dx[o, k, i] = dy[o, i] / d}. Added up one after the other in float, as ND4J does, so that
 * the bits are the same whatever the size of the team. ND4J's own keeps a table of the places of
 * all vectors it adds up, for every shape it ever met.
 */
final class AxisSumTask implements Task {
  private final Floats from;
  private final Floats to;
  private final Axes axes;
  private final float divisor;
  private final boolean forward;
  private final int threads;

  /**
   * An array as [outer, length, inner], of which the middle is summed over.
   *
   * @param outer product of the sizes before
   * @param length product of the sizes that are summed over
   * @param inner product of the sizes behind
   */
  private record Axes(int outer, int length, int inner) {}

  private AxisSumTask(
      Floats from, Floats to, Axes axes, float divisor, boolean forward, int threads) {
    this.from = from;
    this.to = to;
    this.axes = axes;
    this.divisor = divisor;
    this.forward = forward;
    this.threads = threads;
  }

  /**
   * @param mean whether to divide by the number of summands
   * @param dimensions what is summed over, from 0 on, or from −1 backwards; none or more than there
   *     are for all
   * @param x what is summed up
   * @param y where the sums go
   * @return empty if that is no axes side by side
   */
  static Optional<Task> forward(boolean mean, int[] dimensions, Tensor x, Tensor y, int threads) {
    if (isAll(x.shape(), dimensions)) {
      return Optional.of(TotalTask.forward(mean, x, y, threads));
    }
    return axes(x.shape(), dimensions)
        .map(
            axes ->
                new AxisSumTask(
                    new Floats(x), new Floats(y), axes, divisor(mean, axes), true, threads));
  }

  /**
   * @param inputs x, the gradient of the sums
   * @param dx the gradient of x
   * @return empty as above
   */
  static Optional<Task> backward(
      boolean mean, int[] dimensions, List<Tensor> inputs, Tensor dx, int threads) {
    if (isAll(dx.shape(), dimensions)) {
      return Optional.of(TotalTask.backward(mean, inputs, dx, threads));
    }
    return axes(dx.shape(), dimensions)
        .map(
            axes ->
                new AxisSumTask(
                    new Floats(inputs.get(1)),
                    new Floats(dx),
                    axes,
                    divisor(mean, axes),
                    false,
                    threads));
  }

  private static float divisor(boolean mean, Axes axes) {
    return mean ? axes.length : 1;
  }

  /** ND4J says it by no axis, by each, or by one that there cannot be. */
  private static boolean isAll(long[] shape, int... dimensions) {
    return dimensions.length == 0
        || dimensions.length == shape.length
        || Arrays.stream(dimensions).anyMatch(d -> d < -shape.length || d >= shape.length);
  }

  private static Optional<Axes> axes(long[] shape, int... dimensions) {
    int[] sorted =
        Arrays.stream(dimensions).map(d -> d < 0 ? d + shape.length : d).sorted().toArray();
    int first = sorted[0];
    int end = sorted[sorted.length - 1] + 1;
    return end - first != sorted.length
        ? Optional.empty()
        : Optional.of(
            new Axes(
                product(shape, 0, first),
                product(shape, first, end),
                product(shape, end, shape.length)));
  }

  private static int product(long[] shape, int from, int to) {
    return Math.toIntExact(Arrays.stream(shape, from, to).reduce(1, (a, b) -> a * b));
  }

  @Override
  public void run(int phase, int thread) {
    int first = Task.share(axes.outer, thread, threads);
    int end = Task.share(axes.outer, thread + 1, threads);
    float[] result = new float[axes.inner];
    float[] row = new float[axes.inner];
    for (int outer = first; outer < end; outer++) {
      if (forward) {
        sum(outer, row, result);
      } else {
        spread(outer, row);
      }
    }
  }

  private void sum(int outer, float[] row, float[] sums) {
    int at = outer * axes.length * axes.inner;
    Arrays.fill(sums, 0);
    for (int k = 0; k < axes.length; k++) {
      from.read(at + k * axes.inner, row, 0, axes.inner);
      for (int i = 0; i < axes.inner; i++) {
        sums[i] += row[i];
      }
    }
    divide(sums);
    to.write(outer * axes.inner, sums, 0, axes.inner);
  }

  private void spread(int outer, float[] row) {
    from.read(outer * axes.inner, row, 0, axes.inner);
    divide(row);
    int at = outer * axes.length * axes.inner;
    for (int k = 0; k < axes.length; k++) {
      to.write(at + k * axes.inner, row, 0, axes.inner);
    }
  }

  private void divide(float[] values) {
    if (divisor != 1) {
      for (int i = 0; i < values.length; i++) {
        values[i] /= divisor;
      }
    }
  }
}
