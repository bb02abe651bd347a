package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link LayerNorm}: with x̂ the normalized input, r = 1/√(variance + ε) and g =
 * G·gain,
 *
 * <pre>
 * dx = r·(g − mean(g) − x̂·mean(g·x̂))    dgain = Σ_rows G·x̂    dbias = Σ_rows G
 * </pre>
 *
 * Inputs: x, gain, G. Outputs: dx, dgain, dbias.
 */
public class LayerNormGradient extends GradientOp {
  /** For cloning and loading. */
  public LayerNormGradient() {}

  LayerNormGradient(SameDiff sd, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_layer_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 3;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(2));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0), shapes.get(1), shapes.get(1));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray upstream = rows(inputs.get(2));
    RowNorm norm = RowNorm.of(rows(inputs.get(0)), getTArgument(0), true);
    rows(outputs.get(0)).assign(norm.inputGradient(upstream, inputs.get(1)));
    outputs.get(1).assign(norm.gainGradient(upstream));
    outputs.get(2).assign(upstream.sum(0));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, inputs - 1, Access.ROW), new Overwrite(0, 0, Access.ROW));
  }
}
