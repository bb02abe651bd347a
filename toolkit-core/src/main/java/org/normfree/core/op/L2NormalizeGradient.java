package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link L2Normalize}: with u = x/‖x‖,
 *
 * <pre>
 * dx = (G − u·⟨G, u⟩)/‖x‖ where ‖x‖ ≥ ε, else G/ε
 * </pre>
 *
 * Inputs: x, G. Output: dx.
 */
public class L2NormalizeGradient extends GradientOp {
  /** For cloning and loading. */
  public L2NormalizeGradient() {}

  L2NormalizeGradient(SameDiff sd, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_l2_normalize_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    double epsilon = getTArgument(0);
    Directions directions = Directions.of(rows(x), 0);
    INDArray upstream = Directions.along(rows(inputs.get(1)), 0);
    INDArray free = directions.norms().gte(epsilon).castTo(DataType.DOUBLE);
    INDArray along = directions.unit().mul(directions.along(upstream).mul(free));
    INDArray divisor = directions.norms().mul(free).add(free.rsub(1).mul(epsilon));
    outputs.get(0).assign(upstream.sub(along).div(divisor).reshape('c', x.shape()));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 1, Access.ROW), new Overwrite(0, 0, Access.ROW));
  }
}
