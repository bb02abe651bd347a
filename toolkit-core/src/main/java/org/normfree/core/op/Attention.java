package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Multi-head scaled dot-product attention between given projections: for each of the heads, on its
 * d channels, {@code (softmax(Q·Kᵀ/√d)∘noise)·V}.
 *
 * <p>Q is [batch, tokens, C]; K and V are [batch, keys, C]; the result is [batch, tokens, C]; C is
 * a multiple of the number of heads, and head h owns the channels from h·d to (h+1)·d. Optionally,
 * a query sees some keys only, and its softmax is over those (its result is 0 if there is none):
 * with {@code causal}, query i those up to {@code i + keys − tokens}; with a mask [batch, keys],
 * those where it is not 0. The noise, [batch, heads, tokens, keys], drops weights; it is optional,
 * too. Source: arXiv 1706.03762, section 3.2.
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
   * @param causal whether query i sees the keys up to {@code i + keys − tokens} only
   * @param mask [batch, keys], 0 for keys not to be seen, or null
   * @param noise [batch, heads, tokens, keys], or null
   */
  public Attention(
      SameDiff sd,
      SDVariable query,
      SDVariable key,
      SDVariable value,
      long heads,
      boolean causal,
      SDVariable mask,
      SDVariable noise) {
    super(sd, ActivationTerms.present(query, key, value, mask, noise).toArray(SDVariable[]::new));
    new AttentionTerms(heads, causal, mask != null, noise != null).describe(this);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   * @param causal whether query i sees the keys up to {@code i + keys − tokens} only
   * @param mask [batch, keys], 0 for keys not to be seen, or null
   * @param noise [batch, heads, tokens, keys], or null
   */
  public Attention(
      INDArray query,
      INDArray key,
      INDArray value,
      long heads,
      boolean causal,
      INDArray mask,
      INDArray noise) {
    super(ActivationTerms.present(query, key, value, mask, noise).toArray(INDArray[]::new));
    new AttentionTerms(heads, causal, mask != null, noise != null).describe(this);
  }

  /**
   * On arrays, for {@code Nd4j.exec}, without masks.
   *
   * @param query [batch, tokens, C]
   * @param key [batch, keys, C]
   * @param value [batch, keys, C]
   * @param heads number of heads, a divisor of C
   */
  public Attention(INDArray query, INDArray key, INDArray value, long heads) {
    this(query, key, value, heads, false, null, null);
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

  /** The heads and the options. */
  public final AttentionTerms terms() {
    return AttentionTerms.of(this);
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
    AttentionTerms terms = terms();
    if (terms.masked() && key != null) {
      requireShape(
          "the mask", shapes.get(terms.mask()), "[batch, keys]", new long[] {key[0], key[1]});
    }
    if (terms.noisy() && key != null && query != null) {
      requireShape(
          "the noise",
          shapes.get(terms.noise()),
          "[batch, heads, tokens, keys]",
          new long[] {query[0], heads(), query[1], key[1]});
    }
  }

  private void requireShape(String name, long[] shape, String axes, long[] expected) {
    if (shape != null && !fits(shape, expected)) {
      throw wrong(
          "%s has shape %s, expected %s = %s; reshape it", name, text(shape), axes, text(expected));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    AttentionTerms terms = terms();
    forEachHead(
        inputs.get(0),
        heads(),
        (batch, head, width) -> {
          INDArray weights = AttentionWeights.of(terms, inputs, batch, head, width);
          if (outputs.size() > 1) { // a plan keeps the weights for the gradient
            outputs.get(1).get(NDArrayIndex.point(batch), NDArrayIndex.point(head)).assign(weights);
          }
          if (terms.noisy()) {
            weights.muli(AttentionWeights.noise(terms, inputs, batch, head));
          }
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

  /** One head's channels of one batch element, [tokens, d], a view. */
  static INDArray slice(INDArray array, long batch, long head, long width) {
    return array.get(
        NDArrayIndex.point(batch),
        NDArrayIndex.all(),
        NDArrayIndex.interval(head * width, (head + 1) * width));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.add(gradients.get(0));
    return List.of(
        new AttentionGradient(sameDiff, terms(), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  /** The softmax weights, [batch, heads, tokens, keys], where they are kept at all. */
  @Override
  public List<long[]> savedShapes(List<long[]> shapes) {
    long[] query = shapes.get(0);
    long keys = shapes.get(1)[1];
    return terms().keepsWeights(query[1], keys)
        ? List.of(new long[] {query[0], heads(), query[1], keys})
        : List.of();
  }
}
