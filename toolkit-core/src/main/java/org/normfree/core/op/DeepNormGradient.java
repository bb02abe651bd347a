package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link DeepNorm}: with z = α·x + G(x) and dz as in {@link LayerNormGradient},
 *
 * <pre>
 * dx = α·dz    dbranch = dz    dgain = Σ_rows G·ẑ    dbias = Σ_rows G
 * </pre>
 *
 * Inputs: x, branch, gain, G. Outputs: dx, dbranch, dgain, dbias.
 */
public class DeepNormGradient extends GradientOp {
  /** For cloning and loading. */
  public DeepNormGradient() {}

  DeepNormGradient(SameDiff sd, double[] attributes, SDVariable... inputs) {
    super(sd, inputs);
    addTArgument(attributes);
  }

  @Override
  public String opName() {
    return "normfree_deep_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 4;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(3));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0), shapes.get(0), shapes.get(2), shapes.get(2));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    double alpha = getTArgument(0);
    INDArray upstream = rows(inputs.get(3));
    RowNorm norm = RowNorm.of(DeepNorm.sum(inputs, alpha), getTArgument(1), true);
    INDArray dz = norm.inputGradient(upstream, inputs.get(2));
    rows(outputs.get(0)).assign(dz).muli(alpha);
    rows(outputs.get(1)).assign(dz);
    outputs.get(2).assign(norm.gainGradient(upstream));
    outputs.get(3).assign(upstream.sum(0));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(
        new Overwrite(0, inputs - 1, Access.ROW),
        new Overwrite(0, 0, Access.ROW),
        new Overwrite(1, 0, Access.ROW),
        new Overwrite(1, 1, Access.ROW));
  }
}
