package org.normfree.core.kernel;

import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link org.normfree.core.op.SoftmaxCrossEntropy} or its gradient, a row at a time in double
 * precision, so that the logits are read once.
 */
final class CrossEntropyTask implements Task {
  private final Floats logits;
  private final Floats labels;
  private final Floats upstream;
  private final Floats first;
  private final Floats second;
  private final int threads;

  private CrossEntropyTask(
      List<Tensor> inputs, Tensor upstream, List<Tensor> outputs, int threads) {
    this.logits = new Floats(inputs.get(0));
    this.labels = new Floats(inputs.get(1));
    this.upstream = upstream == null ? null : new Floats(upstream);
    this.first = new Floats(outputs.get(0));
    this.second = outputs.size() > 1 ? new Floats(outputs.get(1)) : null;
    this.threads = threads;
  }

  /** Inputs logits and labels; output the loss of each row. */
  static Task forward(List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return new CrossEntropyTask(inputs, null, outputs, threads);
  }

  /** Inputs logits, labels and the upstream gradient; outputs the gradients of the first two. */
  static Task backward(List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return new CrossEntropyTask(inputs, inputs.get(2), outputs, threads);
  }

  @Override
  public void run(int phase, int thread) {
    int n = logits.columns;
    float[] x = new float[n];
    float[] y = new float[n];
    double[] powers = new double[n];
    float[] value = new float[1];
    int end = Task.share(logits.rows, thread + 1, threads);
    for (int row = Task.share(logits.rows, thread, threads); row < end; row++) {
      logits.read(row * n, x, 0, n);
      labels.read(row * n, y, 0, n);
      float largest = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        largest = Math.max(largest, x[i]);
      }
      LogSoftmax.powers(x, largest, powers);
      double sum = 0;
      double mass = 0;
      for (int i = 0; i < n; i++) {
        sum += powers[i];
        mass += y[i];
      }
      double shift = largest + Math.log(sum);
      if (upstream == null) {
        double loss = 0;
        for (int i = 0; i < n; i++) {
          loss += LogSoftmax.times(y[i], shift - x[i]);
        }
        value[0] = (float) loss;
        first.write(row, value, 0, 1);
      } else {
        upstream.read(row, value, 0, 1);
        double g = value[0];
        for (int i = 0; i < n; i++) {
          double toLabel = LogSoftmax.times(g, shift - x[i]);
          x[i] = (float) (g * (powers[i] / sum * mass - y[i]));
          y[i] = (float) toLabel;
        }
        first.write(row * n, x, 0, n);
        second.write(row * n, y, 0, n);
      }
    }
  }
}
