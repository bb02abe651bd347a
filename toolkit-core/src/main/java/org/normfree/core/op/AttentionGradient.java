package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link Attention}: with P = softmax(Q·Kᵀ/√d) recomputed, N the noise (1 without one)
 * and D = G·Vᵀ∘N, for each head,
 *
 * <pre>
 * dV = (P∘N)ᵀ·G    dS = P∘(D − rowsum(P∘D))/√d    dQ = dS·K    dK = dSᵀ·Q
 * </pre>
 *
 * Inputs: Q, K, V, the mask and the noise where there are such, G. Outputs: dQ, dK, dV.
 */
public class AttentionGradient extends GradientOp {
  /** For cloning and loading. */
  public AttentionGradient() {}

  AttentionGradient(SameDiff sd, AttentionTerms terms, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
  }

  @Override
  public String opName() {
    return "normfree_attention_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 3;
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
    requireSame("query", shapes.get(0), "the upstream gradient", shapes.get(terms().inputs()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 3);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    AttentionTerms terms = terms();
    Attention.forEachHead(
        inputs.get(0),
        heads(),
        (batch, head, width) -> {
          INDArray weights = AttentionWeights.of(terms, inputs, batch, head, width);
          INDArray query = Attention.slice(inputs.get(0), batch, head, width);
          INDArray key = Attention.slice(inputs.get(1), batch, head, width);
          INDArray value = Attention.slice(inputs.get(2), batch, head, width);
          INDArray upstream = Attention.slice(inputs.get(terms.inputs()), batch, head, width);
          INDArray product = Nd4j.matmul(upstream, value, false, true, false);
          if (terms.noisy()) {
            product.muli(AttentionWeights.noise(terms, inputs, batch, head));
          }
          INDArray centred = product.subColumnVector(product.mul(weights).sum(true, 1));
          INDArray scores = centred.muli(weights).divi(Math.sqrt((double) width));
          Attention.slice(outputs.get(0), batch, head, width).assign(Nd4j.matmul(scores, key));
          Attention.slice(outputs.get(1), batch, head, width)
              .assign(Nd4j.matmul(scores, query, true, false, false));
          if (terms.noisy()) {
            weights.muli(AttentionWeights.noise(terms, inputs, batch, head));
          }
          Attention.slice(outputs.get(2), batch, head, width)
              .assign(Nd4j.matmul(weights, upstream, true, false, false));
        });
  }

  @Override
  public Optional<FromSaved> fromSaved() {
    Attention forward = new Attention();
    terms().describe(forward);
    int own = terms().inputs();
    int[] inputs = IntStream.rangeClosed(0, own + 1).toArray(); // the weights last
    return Optional.of(new FromSaved(forward, own, this, inputs));
  }
}
