package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  private final float[] transposed;
  private final float[] weights;
  private final double[] work;

  private AttentionLoops(INDArray query, INDArray key, int heads) {
    tokens = (int) query.size(1);
    keys = (int) key.size(1);
    channels = (int) query.size(2);
    width = channels / heads;
    scale = (float) (1 / Math.sqrt(width));
    q = new float[tokens * width];
    k = new float[keys * width];
    v = new float[keys * width];
    transposed = new float[keys * width];
    weights = new float[tokens * keys];
    work = new double[keys];
  }

  static void forward(List<INDArray> inputs, INDArray output, int heads) {
    new AttentionLoops(inputs.get(0), inputs.get(1), heads).forward(inputs, output);
  }

  static void backward(List<INDArray> inputs, List<INDArray> outputs, int heads) {
    new AttentionLoops(inputs.get(0), inputs.get(1), heads).backward(inputs, outputs);
  }

  private void forward(List<INDArray> inputs, INDArray output) {
    Floats query = new Floats(inputs.get(0));
    Floats key = new Floats(inputs.get(1));
    Floats value = new Floats(inputs.get(2));
    Floats result = new Floats(output);
    float[] mixed = new float[tokens * width];
    long batch = inputs.get(0).size(0);
    for (int b = 0; b < batch; b++) {
      for (int from = 0; from < channels; from += width) {
        load(query, b, tokens, from, q);
        load(key, b, keys, from, k);
        load(value, b, keys, from, v);
        computeWeights();
        Arrays.fill(mixed, 0);
        addProduct(weights, keys, 1, v, mixed, tokens, keys);
        store(result, b, tokens, from, mixed);
      }
    }
  }

  private void backward(List<INDArray> inputs, List<INDArray> outputs) {
    Floats query = new Floats(inputs.get(0));
    Floats key = new Floats(inputs.get(1));
    Floats value = new Floats(inputs.get(2));
    Floats upstream = new Floats(inputs.get(3));
    Floats dQuery = new Floats(outputs.get(0));
    Floats dKey = new Floats(outputs.get(1));
    Floats dValue = new Floats(outputs.get(2));
    float[] g = new float[tokens * width];
    float[] dq = new float[tokens * width];
    float[] dk = new float[keys * width];
    float[] dv = new float[keys * width];
    float[] scores = new float[tokens * keys];
    long batch = inputs.get(0).size(0);
    for (int b = 0; b < batch; b++) {
      for (int from = 0; from < channels; from += width) {
        load(query, b, tokens, from, q);
        load(key, b, keys, from, k);
        load(value, b, keys, from, v);
        load(upstream, b, tokens, from, g);
        computeWeights();
        products(g, v, scores);
        scoreGradient(scores);
        Arrays.fill(dq, 0);
        Arrays.fill(dk, 0);
        Arrays.fill(dv, 0);
        addProduct(scores, keys, 1, k, dq, tokens, keys);
        addProduct(scores, 1, keys, q, dk, keys, tokens);
        addProduct(weights, 1, keys, g, dv, keys, tokens);
        store(dQuery, b, tokens, from, dq);
        store(dKey, b, keys, from, dk);
        store(dValue, b, keys, from, dv);
      }
    }
  }

  private void load(Floats array, int batch, int rows, int from, float[] head) {
    for (int row = 0; row < rows; row++) {
      array.get((batch * rows + row) * channels + from, head, row * width, width);
    }
  }

  private void store(Floats array, int batch, int rows, int from, float[] head) {
    for (int row = 0; row < rows; row++) {
      array.put((batch * rows + row) * channels + from, head, row * width, width);
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
      VectorMath.expNegative(work, keys);
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
  private void scoreGradient(float[] scores) {
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
    Arrays.fill(result, 0);
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
