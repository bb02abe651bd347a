package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link GatherRows}, {@link ScatterRows} to as many rows as x has: {@code dx_{b,n} =
 * Σ_{k: ids_{b,k} = n} G_{b,k}}, added in the order of the ids. Inputs: x (for its shape), ids, G.
 * Output: dx; the ids have no gradient.
 */
public class GatherRowsGradient extends GradientOp {
  /** For cloning and loading. */
  public GatherRowsGradient() {}

  GatherRowsGradient(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  @Override
  public String opName() {
    return "normfree_gather_rows_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected boolean isInteger(int index) {
    return index == 1;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    ScatterRows.add(inputs.get(2), inputs.get(1), outputs.get(0));
  }
}
