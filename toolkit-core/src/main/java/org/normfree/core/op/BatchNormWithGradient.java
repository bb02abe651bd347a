package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link BatchNormWith}: with x̂ the normalized input, r = 1/√(variance + ε) and g =
 * G·gain,
 *
 * <pre>
 * dx = r·g    dmean = −r·Σ g    dvariance = −½·r²·Σ g·x̂    dgain = Σ G·x̂    dbias = Σ G
 * </pre>
 *
 * Inputs: x, mean, variance, gain if there is one, G. Outputs: dx, dmean, dvariance, and dgain and
 * dbias where there are such.
 */
public class BatchNormWithGradient extends GradientOp {
  /** For cloning and loading. */
  public BatchNormWithGradient() {}

  BatchNormWithGradient(SameDiff sd, AffineTerms terms, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_batch_norm_with_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 3 + terms().count();
  }

  private AffineTerms terms() {
    return AffineTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(shapes.size() - 1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    List<long[]> outputs = new ArrayList<>(List.of(shapes.get(0)));
    for (int i = 1; i < getNumOutputs(); i++) {
      outputs.add(shapes.get(1));
    }
    return outputs;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    INDArray upstream = inputs.get(inputs.size() - 1);
    GroupedNorm norm = GroupedNorm.given(x, inputs.get(1), inputs.get(2), getTArgument(0));
    INDArray g = norm.weighted(upstream, terms().gain(inputs, 3));
    INDArray scale = norm.scale().reshape(norm.scale().length());
    INDArray dx = g.mul(norm.scale());
    outputs.get(1).assign(GroupedNorm.sum(dx).neg());
    outputs
        .get(2)
        .assign(GroupedNorm.sum(g.mul(norm.normalized())).mul(scale).mul(scale).mul(-0.5));
    norm.affineGradients(
        upstream, terms().gain(), terms().bias(), outputs.subList(3, outputs.size()));
    outputs.get(0).assign(dx.reshape('c', x.shape()));
  }
}
