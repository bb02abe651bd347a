package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link BatchNorm}: with n values a channel, x̂ the normalized input, r = 1/√(variance
 * + ε), g = G·gain, and M and V the upstream gradients of mean and variance,
 *
 * <pre>
 * dx = r·(g − mean(g) − x̂·mean(g·x̂)) + M/n + V·2(x − mean)/n
 * dgain = Σ G·x̂    dbias = Σ G
 * </pre>
 *
 * Inputs: x, gain if there is one, G, M, V. Outputs: dx, and dgain and dbias where there are such.
 */
public class BatchNormGradient extends GradientOp {
  /** For cloning and loading. */
  public BatchNormGradient() {}

  BatchNormGradient(SameDiff sd, AffineTerms terms, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_batch_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1 + terms().count();
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  /** Where G stands among the inputs; M and V follow. */
  public final int upstream() {
    return terms().gain() ? 2 : 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(upstream()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    List<long[]> outputs = new ArrayList<>(List.of(shapes.get(0)));
    for (int i = 0; i < terms().count(); i++) {
      outputs.add(shapes.get(upstream() + 1));
    }
    return outputs;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    long channels = x.size(x.rank() - 1);
    INDArray upstream = inputs.get(upstream());
    GroupedNorm norm = GroupedNorm.of(x, 1, channels, getTArgument(0));
    INDArray dx = norm.inputGradient(norm.weighted(upstream, terms().gain(inputs, 1)));
    double each = (double) channels / x.length();
    INDArray dMean = statistic(inputs.get(upstream() + 1)).mul(each);
    INDArray dVariance = statistic(inputs.get(upstream() + 2)).mul(2 * each);
    // x − mean = x̂/r
    dx = dx.add(norm.normalized().mul(dVariance.div(norm.scale()))).add(dMean);
    norm.affineGradients(
        upstream, terms().gain(), terms().bias(), outputs.subList(1, outputs.size()));
    outputs.get(0).assign(dx.reshape('c', x.shape()));
  }

  private static INDArray statistic(INDArray values) {
    return values.castTo(DataType.DOUBLE).reshape('c', 1, 1, values.length(), 1);
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(
        new Overwrite(0, inputs - 3, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }
}
