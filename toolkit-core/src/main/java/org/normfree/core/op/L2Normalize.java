package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Vectors of length one: {@code y = x/max(‖x‖, ε)} over the last axis, as PyTorch's {@code
 * normalize}.
 *
 * <p>x is [..., C].
 */
public class L2Normalize extends NormfreeOp {
  /** For cloning and loading. */
  public L2Normalize() {}

  /**
   * In a graph; use {@link Ops#l2Normalize}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param epsilon the least divisor, &gt; 0
   */
  public L2Normalize(SameDiff sd, SDVariable x, double epsilon) {
    super(sd, x);
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param epsilon the least divisor, &gt; 0
   */
  public L2Normalize(INDArray x, double epsilon) {
    super(new INDArray[] {x});
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_l2_normalize";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    lastAxis("x", shapes.get(0));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    Directions directions = Directions.of(rows(x), 0);
    // ‖x‖/max(‖x‖, ε)
    INDArray length = Transforms.min(directions.norms().div(getTArgument(0)), 1, true);
    outputs.get(0).assign(directions.unit().mul(length).reshape('c', x.shape()));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new L2NormalizeGradient(sameDiff, getTArgument(0), arg(0), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW));
  }
}
