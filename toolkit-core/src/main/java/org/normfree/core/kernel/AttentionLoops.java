package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Attention and its gradient head by head, for the short sequences where a library call a head
 * costs more than the arithmetic. Inner loops run over tokens or channels that lie side by side.
 */
final class AttentionLoops {
  private final int tokens;
  private final int keys;
  private final int channels;
  private final int width;
  private final float scale;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] g;
  private final float[] dq;
  private final float[] dk;
  private final float[] dv;
  private final float[] scores;
  private final float[] transposed;
  private final float[] weights;
  private final double[] work;

  private AttentionLoops(Workbench bench, Tensor query, Tensor key, int heads) {
    tokens = (int) query.shape()[1];
    keys = (int) key.shape()[1];
    channels = query.columns();
    width = channels / heads;
    scale = (float) (1 / Math.sqrt(width));
    q = bench.array(0, tokens * width);
    k = bench.array(1, keys * width);
    v = bench.array(2, keys * width);
    g = bench.array(3, tokens * width);
    dq = bench.array(4, tokens * width);
    dk = bench.array(5, keys * width);
    dv = bench.array(6, keys * width);
    transposed = bench.array(7, keys * width);
    weights = bench.array(8, tokens * keys);
    scores = bench.array(9, tokens * keys);
    work = bench.doubles(keys);
  }

  /** Attention; inputs are Q, K and V. */
  static Task forward(
      RowLoops loops, int heads, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return task(loops, AttentionLoops::forward, heads, inputs, outputs, threads);
  }

  /** Its gradient; inputs are Q, K, V and G. */
  static Task backward(
      RowLoops loops, int heads, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return task(loops, AttentionLoops::backward, heads, inputs, outputs, threads);
  }

  /** What is done for one head. */
  private interface Head {
    void run(AttentionLoops loops, Floats[] inputs, Floats[] outputs, int batch, int head);
  }

  /** Divides all heads of all batch elements among the threads. */
  private static Task task(
      RowLoops loops,
      Head head,
      int heads,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    Floats[] in = inputs.stream().map(Floats::new).toArray(Floats[]::new);
    Floats[] out = outputs.stream().map(Floats::new).toArray(Floats[]::new);
    int items = (int) inputs.get(0).shape()[0] * heads;
    return (phase, thread) -> {
      AttentionLoops mine =
          new AttentionLoops(Workbench.of(loops), inputs.get(0), inputs.get(1), heads);
      int end = Task.share(items, thread + 1, threads);
      for (int item = Task.share(items, thread, threads); item < end; item++) {
        head.run(mine, in, out, item / heads, item % heads);
      }
    };
  }

  private void forward(Floats[] inputs, Floats[] outputs, int b, int head) {
    int from = head * width;
    load(inputs[0], b, tokens, from, q);
    load(inputs[1], b, keys, from, k);
    load(inputs[2], b, keys, from, v);
    computeWeights();
    if (outputs.length > 1) { // kept for the gradient, though the one of these loops needs it not
      int heads = channels / width;
      outputs[1].write((b * heads + head) * tokens * keys, weights, 0, tokens * keys);
    }
    Arrays.fill(dq, 0, tokens * width, 0);
    addProduct(weights, keys, 1, v, dq, tokens, keys);
    store(outputs[0], b, tokens, from, dq);
  }

  private void backward(Floats[] inputs, Floats[] outputs, int b, int head) {
    int from = head * width;
    load(inputs[0], b, tokens, from, q);
    load(inputs[1], b, keys, from, k);
    load(inputs[2], b, keys, from, v);
    load(inputs[3], b, tokens, from, g);
    computeWeights();
    products(g, v, scores);
    scoreGradient();
    Arrays.fill(dq, 0, tokens * width, 0);
    Arrays.fill(dk, 0, keys * width, 0);
    Arrays.fill(dv, 0, keys * width, 0);
    addProduct(scores, keys, 1, k, dq, tokens, keys);
    addProduct(scores, 1, keys, q, dk, keys, tokens);
    addProduct(weights, 1, keys, g, dv, keys, tokens);
    store(outputs[0], b, tokens, from, dq);
    store(outputs[1], b, keys, from, dk);
    store(outputs[2], b, keys, from, dv);
  }

  private void load(Floats array, int batch, int rows, int from, float[] head) {
    for (int row = 0; row < rows; row++) {
      array.read((batch * rows + row) * channels + from, head, row * width, width);
    }
  }

  private void store(Floats array, int batch, int rows, int from, float[] head) {
    for (int row = 0; row < rows; row++) {
      array.write((batch * rows + row) * channels + from, head, row * width, width);
    }
  }

  /** weights = softmax(q·kᵀ·scale). */
  private void computeWeights() {
    products(q, k, weights);
    for (int row = 0; row < tokens; row++) {
      int at = row * keys;
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < keys; j++) {
        max = Math.max(max, weights[at + j]);
      }
      for (int j = 0; j < keys; j++) {
        work[j] = (double) scale * (weights[at + j] - max);
      }
      LoopMath.expNegative(work, keys);
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        sum += work[j];
      }
      double factor = 1 / sum;
      for (int j = 0; j < keys; j++) {
        weights[at + j] = (float) (work[j] * factor);
      }
    }
  }

  /** From {@code G·Vᵀ} to the gradient of the scores, in place. */
  private void scoreGradient() {
    for (int row = 0; row < tokens; row++) {
      int at = row * keys;
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        sum += weights[at + j] * (double) scores[at + j];
      }
      float mean = (float) sum;
      for (int j = 0; j < keys; j++) {
        scores[at + j] = scale * weights[at + j] * (scores[at + j] - mean);
      }
    }
  }

  /** {@code result = a·bᵀ}, a [tokens, width], b [keys, width]. */
  private void products(float[] a, float[] b, float[] result) {
    for (int row = 0; row < keys; row++) {
      for (int c = 0; c < width; c++) {
        transposed[c * keys + row] = b[row * width + c];
      }
    }
    Arrays.fill(result, 0, tokens * keys, 0);
    for (int row = 0; row < tokens; row++) {
      int to = row * keys;
      for (int c = 0; c < width; c++) {
        float factor = a[row * width + c];
        int from = c * keys;
        for (int j = 0; j < keys; j++) {
          result[to + j] += factor * transposed[from + j];
        }
      }
    }
  }

  /** {@code result += m·b} for m [rows, inner] with the given strides and b [inner, width]. */
  private void addProduct(
      float[] m, int rowStride, int columnStride, float[] b, float[] result, int rows, int inner) {
    for (int row = 0; row < rows; row++) {
      int to = row * width;
      for (int i = 0; i < inner; i++) {
        float factor = m[row * rowStride + i * columnStride];
        int from = i * width;
        for (int c = 0; c < width; c++) {
          result[to + c] += factor * b[from + c];
        }
      }
    }
  }
}
