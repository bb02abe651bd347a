package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Multi-head scaled dot-product attention between given projections: for each of the heads, on its
 * d channels, {@code softmax(Q·Kᵀ/√d)·V}.
 *
 * <p>Q is [batch, tokens, C]; K and V are [batch, keys, C]; the result is [batch, tokens, C]; C is
 * a multiple of the number of heads, and head h owns the channels from h·d to (h+1)·d. Source:
 * arXiv 1706.03762, section 3.2.
 */
public class Attention extends NormfreeOp {
  /** For cloning and loading. */
  public Attention() {}

  /**
   * In a graph; use {@link Ops#attention}, which checks the inputs first.
   *
   * @param sd the graph
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   */
  public Attention(SameDiff sd, SDVariable query, SDVariable key, SDVariable value, long heads) {
    super(sd, query, key, value);
    addIArgument(heads);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   */
  public Attention(INDArray query, INDArray key, INDArray value, long heads) {
    super(query, key, value);
    addIArgument(heads);
  }

  @Override
  public String opName() {
    return "normfree_attention";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Number of heads. */
  public final int heads() {
    return getIArgument(0).intValue();
  }

  @Override
  protected void check(List<long[]> shapes) {
    String[] names = {"query", "key", "value"};
    for (int i = 0; i < 3; i++) {
      long[] shape = shapes.get(i);
      if (shape != null && shape.length != 3) {
        throw wrong(
            "%s has shape %s, expected [batch, tokens, C]; reshape it", names[i], text(shape));
      }
    }
    requireSame("key", shapes.get(1), "value", shapes.get(2));
    long[] query = shapes.get(0);
    long[] key = shapes.get(1);
    if (query != null && key != null) {
      requireSame("query", new long[] {query[0], query[2]}, "key", new long[] {key[0], key[2]});
    }
    if (query != null && query[2] >= 0 && (heads() < 1 || query[2] % heads() != 0)) {
      throw wrong(
          "query has shape %s and there are %d heads, expected a divisor of %d; change either",
          text(query), heads(), query[2]);
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    forEachHead(
        inputs.get(0),
        heads(),
        (batch, head, width) -> {
          INDArray weights = weights(inputs, batch, head, width);
          INDArray mixed = Nd4j.matmul(weights, slice(inputs.get(2), batch, head, width));
          slice(outputs.get(0), batch, head, width).assign(mixed);
        });
  }

  /** What is done for one head of one batch element. */
  interface PerHead {
    void apply(long batch, long head, long width);
  }

  static void forEachHead(INDArray query, long heads, PerHead body) {
    long width = query.size(2) / heads;
    for (long batch = 0; batch < query.size(0); batch++) {
      for (long head = 0; head < heads; head++) {
        body.apply(batch, head, width);
      }
    }
  }

  /** softmax(Q·Kᵀ/√d) of one head, [tokens, keys]. */
  static INDArray weights(List<INDArray> inputs, long batch, long head, long width) {
    INDArray scores =
        Nd4j.matmul(
                slice(inputs.get(0), batch, head, width),
                slice(inputs.get(1), batch, head, width),
                false,
                true,
                false)
            .divi(Math.sqrt((double) width));
    INDArray powers = Transforms.exp(scores.subiColumnVector(scores.max(true, 1)), false);
    return powers.diviColumnVector(powers.sum(true, 1));
  }

  /** One head's channels of one batch element, [tokens, d], a view. */
  static INDArray slice(INDArray array, long batch, long head, long width) {
    return array.get(
        NDArrayIndex.point(batch),
        NDArrayIndex.all(),
        NDArrayIndex.interval(head * width, (head + 1) * width));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new AttentionGradient(sameDiff, heads(), arg(0), arg(1), arg(2), gradients.get(0))
            .outputVariables());
  }
}
