package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.Task;
import org.normfree.core.op.Tensor;

/**
 * Attention, or its gradient, as batched oneDNN products that read and write the heads where they
 * lie, and oneDNN's softmax. Each thread takes its share of the batch, in parts whose scores,
 * [batch, heads, tokens, keys], stay in the second-level cache.
 */
final class OneDnnAttention implements Task {
  private static final long PART_FLOATS = 1 << 16;
  private static final int LAST_AXIS = 3;

  private final boolean backward;
  private final int heads;
  private final int batch;
  private final long tokens;
  private final long keys;
  private final long channels;
  private final List<Tensor> inputs;
  private final List<Tensor> outputs;
  private final int threads;
  private final Share[] shares;

  private OneDnnAttention(
      boolean backward, int heads, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    this.backward = backward;
    this.heads = heads;
    this.inputs = inputs;
    this.outputs = outputs;
    this.threads = threads;
    long[] query = inputs.get(0).shape();
    batch = Math.toIntExact(query[0]);
    tokens = query[1];
    channels = query[2];
    keys = inputs.get(1).shape()[1];
    shares = new Share[threads];
    for (int thread = 0; thread < threads; thread++) {
      shares[thread] = new Share(thread);
    }
  }

  /** Inputs query, key, value; outputs what is mixed and, if wanted, the weights. */
  static Task forward(int heads, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return new OneDnnAttention(false, heads, inputs, outputs, threads);
  }

  /**
   * Inputs query, key, value, the upstream gradient and, if the forward task kept them, the
   * weights; outputs the gradients of the first three.
   */
  static Task backward(int heads, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return new OneDnnAttention(true, heads, inputs, outputs, threads);
  }

  @Override
  public void run(int phase, int thread) {
    shares[thread].run();
  }

  /** The softmax weights, if forward and backward share them; else null. */
  private Tensor kept() {
    if (backward) {
      return inputs.size() > 4 ? inputs.get(4) : null;
    }
    return outputs.size() > 1 ? outputs.get(1) : null;
  }

  /** What one thread does. */
  private final class Share {
    private final int from;
    private final int to;
    private final int atATime;
    private final FloatPointer scratch;
    private Part whole;
    private Part rest;

    Share(int thread) {
      from = Task.share(batch, thread, threads);
      to = Task.share(batch, thread + 1, threads);
      long scores = heads * tokens * keys;
      atATime = (int) Math.max(1, Math.min(to - from, PART_FLOATS / scores));
      scratch = new FloatPointer((backward ? 2 : 1) * scores * atATime + 16);
      if (to > from) {
        long aligned = (scratch.address() + 63) / 64 * 64;
        whole = new Part(atATime, aligned);
        int remaining = (to - from) % atATime;
        rest = remaining == 0 ? null : new Part(remaining, aligned);
      }
    }

    void run() {
      for (int start = from; start < to; start += atATime) {
        Part part = start + atATime <= to ? whole : rest;
        long first = start * channels * Float.BYTES;
        long weights = (long) start * heads * tokens * keys * Float.BYTES;
        if (backward) {
          part.backward(first * tokens, first * keys, weights);
        } else {
          part.forward(first * tokens, first * keys, weights);
        }
      }
    }
  }

  /** So many elements of the batch at once. */
  private final class Part {
    private final long scratch;
    private final long scores;

    /** {@code weights = query·keyᵀ/√d}, also for the upstream gradient and the value. */
    private final Prepared scaledProduct;

    private final Prepared softmax;
    private final Prepared softmaxGradient;

    /** {@code query = weights·key}: what has the query's shape. */
    private final Prepared overKeys;

    /** {@code key = weightsᵀ·query}: what has the key's shape. */
    private final Prepared overTokens;

    Part(int size, long scratch) {
      long width = channels / heads;
      View query = View.heads(0, size, heads, tokens, width);
      View key = View.heads(0, size, heads, keys, width);
      View p = View.of(0, DataType.FLOAT, size, heads, tokens, keys);
      float scale = (float) (1 / Math.sqrt((double) width));
      memory.desc softmaxed = p.descriptor();
      softmax_forward.primitive_desc forward =
          new softmax_forward.primitive_desc(
              OneDnn.CPU,
              dnnl.prop_kind.forward_training,
              dnnl.algorithm.softmax_accurate,
              softmaxed,
              softmaxed,
              LAST_AXIS);
      softmax_backward.primitive_desc gradient =
          new softmax_backward.primitive_desc(
              OneDnn.CPU,
              dnnl.algorithm.softmax_accurate,
              softmaxed,
              softmaxed,
              softmaxed,
              LAST_AXIS,
              forward);
      this.scratch = scratch;
      scores = scratch + (long) size * heads * tokens * keys * Float.BYTES;
      scaledProduct = Product.of(query, key.transposed(), p).scaled(scale).prepare();
      softmax =
          new Prepared(new softmax_forward(forward), new int[] {DNNL_ARG_SRC, DNNL_ARG_DST}, p, p);
      softmaxGradient =
          new Prepared(
              new softmax_backward(gradient),
              new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
              p,
              p,
              p);
      overKeys = Product.of(p, key, query).prepare();
      overTokens = Product.of(p.transposed(), query, key).prepare();
    }

    /** Where the weights go that the gradient will want, or scratch memory. */
    void forward(long q, long k, long p) {
      long weights = kept() == null ? scratch : kept().address() + p;
      softmaxOfScores(q, k, weights);
      overKeys.run(weights, input(2, k), outputs.get(0).address() + q);
    }

    void backward(long q, long k, long p) {
      long weights = kept() == null ? scratch : kept().address() + p;
      if (kept() == null) {
        softmaxOfScores(q, k, weights);
      }
      long upstream = input(3, q);
      overTokens.run(weights, upstream, outputs.get(2).address() + k);
      // the scale 1/√d may come before the softmax's gradient, which is linear in G·Vᵀ
      scaledProduct.run(upstream, input(2, k), scores);
      softmaxGradient.run(weights, scores, scores);
      overKeys.run(scores, input(1, k), outputs.get(0).address() + q);
      overTokens.run(scores, input(0, q), outputs.get(1).address() + k);
    }

    private void softmaxOfScores(long q, long k, long weights) {
      scaledProduct.run(input(0, q), input(1, k), weights);
      softmax.run(weights, weights);
    }

    private long input(int index, long offset) {
      return inputs.get(index).address() + offset;
    }
  }
}
