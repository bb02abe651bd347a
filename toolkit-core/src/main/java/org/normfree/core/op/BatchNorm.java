package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm as it trains: {@code y = gain·(x − mean)/√(variance + ε) + bias}, a channel being a
 * place of the last axis, mean and biased variance over all other axes.
 *
 * <p>x is [..., C]; gain and bias are [C] and may be missing. Outputs: y, mean [C], variance [C].
 * Source: arXiv 1502.03167. For evaluation see {@link BatchNormWith}.
 */
public class BatchNorm extends NormfreeOp {
  /** For cloning and loading. */
  public BatchNorm() {}

  /**
   * In a graph; use {@link Ops#batchNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNorm(SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    super(sd, ActivationTerms.present(x, gain, bias).toArray(SDVariable[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNorm(INDArray x, INDArray gain, INDArray bias, double epsilon) {
    super(ActivationTerms.present(x, gain, bias).toArray(INDArray[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  final void describe(AffineTerms terms, double epsilon) {
    requireEpsilon(epsilon);
    terms.describe(this);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_batch_norm";
  }

  @Override
  public int getNumOutputs() {
    return 3;
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long channels = lastAxis("x", x);
    requireVector("gain", terms().gain(shapes, 1), channels, x);
    requireVector("bias", terms().bias(shapes, 1), channels, x);
    if (x != null && Arrays.stream(x).limit(x.length - 1L).allMatch(size -> size == 1)) {
      throw wrong(
          "x has shape %s, one value a channel, expected more than one in training: their variance"
              + " is 0 and so would be every gradient; use a larger batch, or drop the last one",
          text(x));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long[] channels = {x[x.length - 1]};
    return List.of(x, channels, channels);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    GroupedNorm norm = GroupedNorm.of(x, 1, x.size(x.rank() - 1), getTArgument(0));
    norm.affine(terms().gain(inputs, 1), terms().bias(inputs, 1), outputs.get(0));
    outputs.get(1).assign(norm.mean().reshape(outputs.get(1).length()));
    outputs.get(2).assign(norm.variance().reshape(outputs.get(2).length()));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(arg(0)));
    if (terms().gain()) {
      inputs.add(arg(1));
    }
    inputs.addAll(gradients);
    return List.of(
        new BatchNormGradient(sameDiff, terms(), getTArgument(0), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
