package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Sum or mean of all elements, and its gradient: {@code y = Σ x / d} and {@code dx = dy / d}.
 * Chunks are added up in double precision and their sums in their order, so the size of the team
 * does not change a bit.
 */
final class TotalTask implements Task {
  private static final int CHUNK = 2048;

  private final Floats from;
  private final Floats to;
  private final double divisor;
  private final boolean forward;
  private final int length;
  private final int threads;
  private final double[] sums;

  private TotalTask(Tensor from, Tensor to, boolean mean, boolean forward, int threads) {
    this.from = new Floats(from);
    this.to = new Floats(to);
    this.forward = forward;
    this.threads = threads;
    length = Math.toIntExact((forward ? from : to).length());
    divisor = mean ? length : 1;
    sums = new double[forward ? chunks() : 0];
  }

  /**
   * @param mean whether to divide by the number of elements
   * @param x what is summed up
   * @param y a single number
   */
  static Task forward(boolean mean, Tensor x, Tensor y, int threads) {
    return new TotalTask(x, y, mean, true, threads);
  }

  /**
   * @param inputs x, the gradient of its sum or mean
   * @param dx the gradient of x
   */
  static Task backward(boolean mean, List<Tensor> inputs, Tensor dx, int threads) {
    return new TotalTask(inputs.get(1), dx, mean, false, threads);
  }

  private int chunks() {
    return (length + CHUNK - 1) / CHUNK;
  }

  @Override
  public int phases() {
    return forward ? 2 : 1;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 1) {
      if (thread == 0) {
        double total = 0;
        for (double sum : sums) {
          total += sum;
        }
        to.write(0, new float[] {(float) (total / divisor)}, 0, 1);
      }
      return;
    }
    float[] chunk = Workbench.of(LoopChoice.OF_THIS_JVM).array(0, CHUNK);
    if (!forward) {
      from.readRow(chunk, 1);
      Arrays.fill(chunk, 0, CHUNK, (float) (chunk[0] / divisor));
    }
    int end = Task.share(chunks(), thread + 1, threads);
    for (int i = Task.share(chunks(), thread, threads); i < end; i++) {
      int n = Math.min(CHUNK, length - i * CHUNK);
      if (forward) {
        from.read(i * CHUNK, chunk, 0, n);
        sums[i] = sum(chunk, n);
      } else {
        to.write(i * CHUNK, chunk, 0, n);
      }
    }
  }

  private static double sum(float[] values, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += values[i];
      s1 += values[i + 1];
      s2 += values[i + 2];
      s3 += values[i + 3];
    }
    for (; i < n; i++) {
      s0 += values[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
