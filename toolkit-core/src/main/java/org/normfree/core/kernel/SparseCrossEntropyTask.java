package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.op.SparseTargets;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link org.normfree.core.op.SparseCrossEntropy} or its gradient, a row at a time in double
 * precision, so that the logits are read once.
 */
final class SparseCrossEntropyTask implements Task {
  private final SparseTargets attributes;
  private final Floats logits;
  private final Ints targets;
  private final Floats upstream;
  private final Floats output;
  private final int threads;

  /**
   * @param inputs logits, targets and, for the gradient, the upstream gradient
   * @param output the loss of each row, or the gradient of the logits
   */
  SparseCrossEntropyTask(
      SparseTargets attributes, List<Tensor> inputs, Tensor output, int threads) {
    this.attributes = attributes;
    this.logits = new Floats(inputs.get(0));
    this.targets = new Ints(inputs.get(1));
    this.upstream = inputs.size() > 2 ? new Floats(inputs.get(2)) : null;
    this.output = new Floats(output);
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int n = logits.columns;
    float[] x = new float[n];
    double[] powers = new double[n];
    float[] value = new float[1];
    int end = Task.share(logits.rows, thread + 1, threads);
    for (int row = Task.share(logits.rows, thread, threads); row < end; row++) {
      int target = targets.get(row);
      boolean counts = !attributes.ignores(target);
      if (counts) {
        attributes.require(target, row, n);
        logits.read(row * n, x, 0, n);
      }
      if (upstream == null) {
        value[0] = counts ? (float) loss(x, powers, target) : 0;
        output.write(row, value, 0, 1);
      } else {
        if (counts) {
          upstream.read(row, value, 0, 1);
          gradient(x, powers, target, value[0]);
        } else {
          Arrays.fill(x, 0);
        }
        output.write(row * n, x, 0, n);
      }
    }
  }

  private double loss(float[] x, double[] powers, int target) {
    double shift = shift(x, powers);
    double smoothing = attributes.smoothing();
    double loss = (1 - smoothing) * (shift - x[target]);
    if (smoothing > 0) {
      double sum = 0;
      for (float logit : x) {
        sum += shift - logit;
      }
      loss += smoothing / x.length * sum;
    }
    return loss;
  }

  /** x ← its gradient. */
  private void gradient(float[] x, double[] powers, int target, double g) {
    double sum = sum(x, powers);
    double share = attributes.smoothing() / x.length;
    double scale = g / sum;
    double rest = g * share;
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (scale * powers[i] - rest);
    }
    double own = powers[target] / sum - share - (1 - attributes.smoothing());
    x[target] = (float) (g * own);
  }

  /** {@code log Σ e^x}. */
  private static double shift(float[] x, double[] powers) {
    double sum = sum(x, powers);
    return largest(x) + Math.log(sum);
  }

  /** powers ← {@code e^(x − max x)}; returns their sum. */
  private static double sum(float[] x, double[] powers) {
    LogSoftmax.powers(x, largest(x), powers);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += powers[i];
    }
    return sum;
  }

  private static float largest(float[] x) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : x) {
      largest = Math.max(largest, logit);
    }
    return largest;
  }
}
