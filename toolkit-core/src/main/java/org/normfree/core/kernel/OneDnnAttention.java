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
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention of one shape as batched oneDNN products that read and write the heads where they lie,
 * and oneDNN's softmax. A batch goes through in parts, so that the scores of a part, [batch, heads,
 * tokens, keys], fit a scratch buffer of bounded size.
 */
final class OneDnnAttention {
  private static final long SCRATCH_FLOATS = 1 << 22;
  private static final int LAST_AXIS = 3;

  private record Shape(long batch, long heads, long tokens, long keys, long width, int threads) {}

  /** Floats of the scores. */
  private final long length;

  /** {@code weights = query·keyᵀ/√d}, also for the upstream gradient and the value. */
  private final Prepared scaledProduct;

  private final Prepared softmax;
  private final Prepared softmaxGradient;

  /** {@code query = weights·key}: what has the query's shape. */
  private final Prepared overKeys;

  /** {@code key = weightsᵀ·query}: what has the key's shape. */
  private final Prepared overTokens;

  private OneDnnAttention(Shape shape) {
    View query = View.heads(shape.batch, shape.heads, shape.tokens, shape.width);
    View key = View.heads(shape.batch, shape.heads, shape.keys, shape.width);
    View weights = View.scores(shape.batch, shape.heads, shape.tokens, shape.keys);
    float scale = (float) (1 / Math.sqrt((double) shape.width));
    memory.desc softmaxed = weights.descriptor();
    softmax_forward.primitive_desc forward =
        new softmax_forward.primitive_desc(
            OneDnn.CPU,
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.softmax_accurate,
            softmaxed,
            softmaxed,
            LAST_AXIS);
    softmax_backward.primitive_desc backward =
        new softmax_backward.primitive_desc(
            OneDnn.CPU,
            dnnl.algorithm.softmax_accurate,
            softmaxed,
            softmaxed,
            softmaxed,
            LAST_AXIS,
            forward);
    length = shape.batch * shape.heads * shape.tokens * shape.keys;
    scaledProduct = Product.scaled(query, key.transposed(), weights, scale);
    softmax =
        new Prepared(
            new softmax_forward(forward), new int[] {DNNL_ARG_SRC, DNNL_ARG_DST}, weights, weights);
    softmaxGradient =
        new Prepared(
            new softmax_backward(backward),
            new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
            weights,
            weights,
            weights);
    overKeys = Product.of(weights, key, query);
    overTokens = Product.of(weights.transposed(), query, key);
  }

  /** What is done for a part of the batch, which starts at the given bytes. */
  private interface Part {
    void run(OneDnnAttention attention, long query, long key);
  }

  private static void inParts(List<INDArray> inputs, long heads, Part part) {
    OneDnn here = OneDnn.current();
    INDArray query = inputs.get(0);
    long batch = query.size(0);
    long tokens = query.size(1);
    long channels = query.size(2);
    long keys = inputs.get(1).size(1);
    long atATime = Math.max(1, Math.min(batch, SCRATCH_FLOATS / (heads * tokens * keys)));
    for (long from = 0; from < batch; from += atATime) {
      long size = Math.min(atATime, batch - from);
      Shape shape = new Shape(size, heads, tokens, keys, channels / heads, here.threads());
      long start = from * channels * Float.BYTES;
      part.run(
          here.prepared(shape, OneDnnAttention.class, OneDnnAttention::new),
          start * tokens,
          start * keys);
    }
  }

  static void forward(List<INDArray> inputs, INDArray result, long heads) {
    long query = Floats.address(inputs.get(0));
    long key = Floats.address(inputs.get(1));
    long value = Floats.address(inputs.get(2));
    long mixed = Floats.address(result);
    inParts(
        inputs,
        heads,
        (attention, q, k) -> attention.forward(query + q, key + k, value + k, mixed + q));
  }

  static void backward(List<INDArray> inputs, List<INDArray> outputs, long heads) {
    long query = Floats.address(inputs.get(0));
    long key = Floats.address(inputs.get(1));
    long value = Floats.address(inputs.get(2));
    long upstream = Floats.address(inputs.get(3));
    long gradientQ = Floats.address(outputs.get(0));
    long gradientK = Floats.address(outputs.get(1));
    long gradientV = Floats.address(outputs.get(2));
    inParts(
        inputs,
        heads,
        (attention, q, k) ->
            attention.backward(
                query + q,
                key + k,
                value + k,
                upstream + q,
                gradientQ + q,
                gradientK + k,
                gradientV + k));
  }

  private void forward(long q, long k, long v, long mixed) {
    long p = OneDnn.current().scratch(length);
    weights(q, k, p);
    overKeys.run(p, v, mixed);
  }

  private void backward(long q, long k, long v, long g, long dq, long dk, long dv) {
    long p = OneDnn.current().scratch(2 * length);
    long ds = p + length * Float.BYTES;
    weights(q, k, p);
    overTokens.run(p, g, dv);
    // the scale 1/√d may come before the softmax's gradient, which is linear in G·Vᵀ
    scaledProduct.run(g, v, ds);
    softmaxGradient.run(p, ds, ds);
    overKeys.run(ds, k, dq);
    overTokens.run(ds, q, dk);
  }

  /** {@code p = softmax(q·kᵀ/√d)}. */
  private void weights(long q, long k, long p) {
    scaledProduct.run(q, k, p);
    softmax.run(p, p);
  }
}
