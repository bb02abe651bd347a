package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link SigmaReparam}: with u', v and σ of the same power step,
 *
 * <pre>
 * dW = γ/σ·(G − ⟨G, W⟩/σ · u'vᵀ)    dγ = ⟨G, W⟩/σ
 * </pre>
 *
 * Inputs: W, γ, u, G (upstream of Ŵ). Outputs: dW, dγ.
 */
public class SigmaReparamGradient extends GradientOp {
  /** For cloning and loading. */
  public SigmaReparamGradient() {}

  SigmaReparamGradient(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  @Override
  public String opName() {
    return "normfree_sigma_reparam_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("weight", shapes.get(0), "the upstream gradient", shapes.get(3));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 2);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray weight = inputs.get(0);
    INDArray upstream = inputs.get(3);
    SigmaReparam.PowerStep step = SigmaReparam.PowerStep.of(weight, inputs.get(2));
    double gamma = inputs.get(1).getDouble(0);
    double inner = upstream.mul(weight).sumNumber().doubleValue() / step.sigma();
    INDArray outer = Nd4j.matmul(step.u(), step.v(), false, true, false).muli(inner);
    outputs.get(0).assign(upstream.sub(outer)).muli(gamma / step.sigma());
    outputs.get(1).assign(inner);
  }
}
