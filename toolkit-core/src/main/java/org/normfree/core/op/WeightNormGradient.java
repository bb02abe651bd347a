package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link WeightNorm}: with D the upstream gradient of w,
 *
 * <pre>
 * dg = ⟨D, v⟩/‖v‖    dv = g/‖v‖·(D − dg·v/‖v‖)
 * </pre>
 *
 * and both 0 where ‖v‖ is. Inputs: v, g, D. Outputs: dv, dg.
 */
public class WeightNormGradient extends GradientOp {
  /** For cloning and loading. */
  public WeightNormGradient() {}

  WeightNormGradient(SameDiff sd, int axis, SDVariable... inputs) {
    super(sd, inputs);
    addIArgument(axis);
  }

  @Override
  public String opName() {
    return "normfree_weight_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  /**
   * Number of the axis that is kept.
   *
   * @param rank number of axes of v
   */
  public final int axis(int rank) {
    int axis = getIArgument(0).intValue();
    return axis < 0 ? axis + rank : axis;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("v", shapes.get(0), "the upstream gradient", shapes.get(2));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 2);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray v = inputs.get(0);
    int axis = axis(v.rank());
    Directions directions = Directions.of(v, axis);
    INDArray upstream = Directions.along(inputs.get(2), axis);
    INDArray factor = Directions.each(inputs.get(1)).mul(directions.inverses());
    INDArray dv = directions.across(upstream).mul(factor);
    outputs.get(1).assign(directions.along(upstream).reshape(outputs.get(1).length()));
    outputs.get(0).assign(dv.reshape('c', v.shape()));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 2, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }
}
