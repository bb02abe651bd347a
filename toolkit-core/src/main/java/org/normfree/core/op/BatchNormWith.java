package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm as it evaluates, with a mean and a variance that are given: {@code y = gain·(x −
 * mean)/√(variance + ε) + bias}.
 *
 * <p>x is [..., C]; mean, variance, gain and bias are [C], of which gain and bias may be missing.
 * Source: arXiv 1502.03167, section 3.1. For training see {@link BatchNorm}.
 */
public class BatchNormWith extends NormfreeOp {
  /** For cloning and loading. */
  public BatchNormWith() {}

  /**
   * In a graph; use {@link Ops#batchNormWith}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param mean [C]
   * @param variance [C], ≥ 0
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNormWith(
      SameDiff sd,
      SDVariable x,
      SDVariable mean,
      SDVariable variance,
      SDVariable gain,
      SDVariable bias,
      double epsilon) {
    super(sd, ActivationTerms.present(x, mean, variance, gain, bias).toArray(SDVariable[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param mean [C]
   * @param variance [C], ≥ 0
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNormWith(
      INDArray x, INDArray mean, INDArray variance, INDArray gain, INDArray bias, double epsilon) {
    super(ActivationTerms.present(x, mean, variance, gain, bias).toArray(INDArray[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  final void describe(AffineTerms terms, double epsilon) {
    requireEpsilon(epsilon);
    terms.describe(this);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_batch_norm_with";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long channels = lastAxis("x", x);
    requireVector("mean", shapes.get(1), channels, x);
    requireVector("variance", shapes.get(2), channels, x);
    requireVector("gain", terms().gain(shapes, 3), channels, x);
    requireVector("bias", terms().bias(shapes, 3), channels, x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    GroupedNorm.given(inputs.get(0), inputs.get(1), inputs.get(2), getTArgument(0))
        .affine(terms().gain(inputs, 3), terms().bias(inputs, 3), outputs.get(0));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(arg(0), arg(1), arg(2)));
    if (terms().gain()) {
      inputs.add(arg(3));
    }
    inputs.add(gradients.get(0));
    return List.of(
        new BatchNormWithGradient(
                sameDiff, terms(), getTArgument(0), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
