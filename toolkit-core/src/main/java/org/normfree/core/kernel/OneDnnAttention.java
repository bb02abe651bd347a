package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.AttentionTerms;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Attention, or its gradient, as batched oneDNN products that read and write the heads where they
 * lie, and oneDNN's softmax. Each thread takes its share of the batch, in parts whose scores,
 * [batch, heads, tokens, keys], stay in the second-level cache.
 */
final class OneDnnAttention implements Task {
  private static final long PART_FLOATS = 1 << 16;
  private static final int LAST_AXIS = 3;

  /** Added to a score it leaves nothing of its weight, and unlike infinity gives no NaN. */
  private static final float NOT_SEEN = -1e30f;

  /** Leaves nothing even where a query sees hidden keys only, and these share all of the weight. */
  private static final float NOT_YET = -1e33f;

  private final boolean backward;
  private final AttentionTerms terms;
  private final long heads;
  private final int batch;
  private final long tokens;
  private final long keys;
  private final long channels;
  private final List<Tensor> inputs;
  private final List<Tensor> outputs;
  private final int threads;
  private final Share[] shares;

  private OneDnnAttention(
      boolean backward,
      AttentionTerms terms,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    this.backward = backward;
    this.terms = terms;
    this.heads = terms.heads();
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

  /**
   * Inputs as the op's; outputs what is mixed and, if wanted, the weights. Null if the op has
   * queries that see no key.
   */
  static Task forward(
      AttentionTerms terms, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return known(terms, inputs)
        ? new OneDnnAttention(false, terms, inputs, outputs, threads)
        : null;
  }

  /**
   * Inputs as the op's and, if the forward task kept them, the weights; outputs the gradients of
   * the first three. Null if the op has queries that see no key.
   */
  static Task backward(
      AttentionTerms terms, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    return known(terms, inputs) ? new OneDnnAttention(true, terms, inputs, outputs, threads) : null;
  }

  private static boolean known(AttentionTerms terms, List<Tensor> inputs) {
    return !terms.causal() || inputs.get(0).shape()[1] <= inputs.get(1).shape()[1];
  }

  @Override
  public long scratchBytes() {
    return Arrays.stream(shares).mapToLong(Share::bytes).sum();
  }

  @Override
  public void place(long address) {
    long next = address;
    for (Share share : shares) {
      share.place(next);
      next += share.bytes();
    }
  }

  @Override
  public void run(int phase, int thread) {
    shares[thread].run();
  }

  /** The softmax weights, if forward and backward share them; else null. */
  private Tensor kept() {
    if (backward) {
      int last = terms.inputs() + 1;
      return inputs.size() > last ? inputs.get(last) : null;
    }
    return outputs.size() > 1 ? outputs.get(1) : null;
  }

  /** What one thread does. */
  private final class Share {
    private final int from;
    private final int to;
    private final int atATime;
    private long future;
    private Part whole;
    private Part rest;

    Share(int thread) {
      from = Task.share(batch, thread, threads);
      to = Task.share(batch, thread + 1, threads);
      long scores = heads * tokens * keys;
      atATime = (int) Math.max(1, Math.min(to - from, PART_FLOATS / scores));
    }

    /** Arrays of a part, and what hides the keys that are not to be seen yet. */
    long bytes() {
      return to > from ? aligned(partFloats()) + aligned(futureFloats()) : 0;
    }

    private long partFloats() {
      long arrays = (backward ? 2L : 1L) + (terms.noisy() ? 1 : 0);
      return (arrays * heads * tokens * keys + 2 * keys) * atATime;
    }

    private long futureFloats() {
      return terms.causal() ? tokens * keys : 0;
    }

    private static long aligned(long floats) {
      return (floats * Float.BYTES + 63) / 64 * 64;
    }

    void place(long address) {
      if (to > from) {
        future = address + aligned(partFloats());
        whole = new Part(atATime, address, future);
        int remaining = (to - from) % atATime;
        rest = remaining == 0 ? null : new Part(remaining, address, future);
      }
    }

    /** Writes what is added to the scores of keys that a query must not see yet, [tokens, keys]. */
    private void writeFuture() {
      Floats added = new Floats(new Tensor(future, DataType.FLOAT, tokens, keys));
      float[] row = new float[(int) keys];
      for (int query = 0; query < tokens; query++) {
        for (int key = 0; key < keys; key++) {
          row[key] = key <= query + keys - tokens ? 0 : NOT_YET;
        }
        added.write(query * row.length, row, 0, row.length);
      }
    }

    void run() {
      if (terms.causal() && to > from) {
        writeFuture();
      }
      for (int start = from; start < to; start += atATime) {
        Part part = start + atATime <= to ? whole : rest;
        long first = start * (channels * Float.BYTES);
        long weights = (long) start * heads * tokens * keys * Float.BYTES;
        if (backward) {
          part.backward(start, first * tokens, first * keys, weights);
        } else {
          part.forward(start, first * tokens, first * keys, weights);
        }
      }
    }
  }

  /** So many elements of the batch at once. */
  private final class Part {
    private final long size;
    private final long future;
    private final long weights;
    private final long scores;
    private final long dropped;
    private final long hidden;
    private final long seen;
    private final Floats hiddenKeys;
    private final Floats seenKeys;
    private final float[] row;

    /** {@code weights = query·keyᵀ/√d + what hides keys}. */
    private final Prepared maskedProduct;

    /** {@code scores = upstream·valueᵀ/√d}. */
    private final Prepared scaledProduct;

    private final Prepared softmax;

    /** {@code weights = weights·mask}: a query that sees nothing gets nothing. */
    private final Prepared masking;

    /** {@code c = weights·noise}. */
    private final Prepared dropping;

    private final Prepared softmaxGradient;

    /** {@code query = weights·key}: what has the query's shape. */
    private final Prepared overKeys;

    /** {@code key = weightsᵀ·query}: what has the key's shape. */
    private final Prepared overTokens;

    Part(int size, long scratch, long future) {
      long width = channels / heads;
      View query = View.heads(0, size, heads, tokens, width);
      View key = View.heads(0, size, heads, keys, width);
      View p = View.of(0, DataType.FLOAT, size, heads, tokens, keys);
      float scale = (float) (1 / Math.sqrt((double) width));
      long bytes = (long) size * heads * tokens * keys * Float.BYTES;
      this.size = size;
      this.future = future;
      weights = scratch;
      scores = scratch + bytes;
      dropped = scratch + (backward ? 2 : 1) * bytes;
      hidden = dropped + (terms.noisy() ? bytes : 0);
      seen = hidden + size * keys * Float.BYTES;
      hiddenKeys = new Floats(new Tensor(hidden, DataType.FLOAT, size, keys));
      seenKeys = new Floats(new Tensor(seen, DataType.FLOAT, size, keys));
      row = new float[(int) keys];
      View overHeads = View.of(0, DataType.FLOAT, size, 1, 1, keys);
      View overBatch = View.of(0, DataType.FLOAT, 1, 1, tokens, keys);
      maskedProduct =
          Product.of(query, key.transposed(), p)
              .scaled(scale)
              .plus(terms.masked() ? overHeads : null)
              .plus(terms.causal() ? overBatch : null)
              .prepare();
      masking = OneDnnCopies.binary(dnnl.algorithm.binary_mul, p, overHeads, p);
      dropping = OneDnnCopies.binary(dnnl.algorithm.binary_mul, p, p, p);
      scaledProduct = Product.of(query, key.transposed(), p).scaled(scale).prepare();
      softmax =
          new Prepared(
              "softmax",
              () -> new softmax_forward(forwardOf(p.descriptor())),
              new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
              p,
              p);
      softmaxGradient =
          new Prepared(
              "softmax gradient",
              () -> new softmax_backward(gradientOf(p.descriptor())),
              new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
              p,
              p,
              p);
      overKeys = Product.of(p, key, query).prepare();
      overTokens = Product.of(p.transposed(), query, key).prepare();
    }

    private static softmax_forward.primitive_desc forwardOf(memory.desc layout) {
      return new softmax_forward.primitive_desc(
          OneDnn.CPU,
          dnnl.prop_kind.forward_training,
          dnnl.algorithm.softmax_accurate,
          layout,
          layout,
          LAST_AXIS);
    }

    private static softmax_backward.primitive_desc gradientOf(memory.desc layout) {
      return new softmax_backward.primitive_desc(
          OneDnn.CPU,
          dnnl.algorithm.softmax_accurate,
          layout,
          layout,
          layout,
          LAST_AXIS,
          forwardOf(layout));
    }

    void forward(int start, long q, long k, long p) {
      long kept = kept() == null ? weights : kept().address() + p;
      softmaxOfScores(start, q, k, kept);
      overKeys.run(withNoise(kept, p), input(2, k), outputs.get(0).address() + q);
    }

    void backward(int start, long q, long k, long p) {
      long kept = kept() == null ? weights : kept().address() + p;
      if (kept() == null) {
        softmaxOfScores(start, q, k, kept);
      }
      long upstream = input(terms.inputs(), q);
      overTokens.run(withNoise(kept, p), upstream, outputs.get(2).address() + k);
      // the scale 1/√d may come before the softmax's gradient, which is linear in G·Vᵀ
      scaledProduct.run(upstream, input(2, k), scores);
      if (terms.noisy()) {
        dropping.run(scores, input(terms.noise(), p), scores);
      }
      softmaxGradient.run(kept, scores, scores);
      overKeys.run(scores, input(1, k), outputs.get(0).address() + q);
      overTokens.run(scores, input(0, q), outputs.get(1).address() + k);
    }

    private void softmaxOfScores(int start, long q, long k, long p) {
      long query = input(0, q);
      long key = input(1, k);
      if (terms.masked()) {
        readMask(input(terms.mask(), start * (keys * Float.BYTES)));
        if (terms.causal()) {
          maskedProduct.run(query, key, p, hidden, future);
        } else {
          maskedProduct.run(query, key, p, hidden);
        }
        softmax.run(p, p);
        masking.run(p, seen, p);
      } else {
        if (terms.causal()) {
          maskedProduct.run(query, key, p, future);
        } else {
          maskedProduct.run(query, key, p);
        }
        softmax.run(p, p);
      }
    }

    /** Writes which keys are seen, and what is added to the scores of the others. */
    private void readMask(long mask) {
      Floats from = new Floats(new Tensor(mask, DataType.FLOAT, size, keys));
      int n = row.length;
      for (int element = 0; element < size; element++) {
        from.read(element * n, row, 0, n);
        for (int key = 0; key < n; key++) {
          row[key] = row[key] == 0 ? 0 : 1;
        }
        seenKeys.write(element * n, row, 0, n);
        for (int key = 0; key < n; key++) {
          row[key] = row[key] == 0 ? NOT_SEEN : 0;
        }
        hiddenKeys.write(element * n, row, 0, n);
      }
    }

    private long withNoise(long p, long offset) {
      if (!terms.noisy()) {
        return p;
      }
      dropping.run(p, input(terms.noise(), offset), dropped);
      return dropped;
    }

    private long input(int index, long offset) {
      return inputs.get(index).address() + offset;
    }
  }
}
