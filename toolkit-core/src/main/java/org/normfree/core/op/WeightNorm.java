package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weight norm: {@code w = g·v/‖v‖}, the norm taken over all axes but one, so that there is a g for
 * each place of that axis. Where ‖v‖ is 0, w and the gradients are 0.
 *
 * <p>v is of any shape; g is [n], n being the size of the axis that is kept. Source: arXiv
 * 1602.07868.
 */
public class WeightNorm extends NormfreeOp {
  /** For cloning and loading. */
  public WeightNorm() {}

  /**
   * In a graph; use {@link Ops#weightNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param v any shape
   * @param g [n]
   * @param axis the axis that is kept; −1 for the last
   */
  public WeightNorm(SameDiff sd, SDVariable v, SDVariable g, int axis) {
    super(sd, v, g);
    addIArgument(axis);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param v any shape
   * @param g [n]
   * @param axis the axis that is kept; −1 for the last
   */
  public WeightNorm(INDArray v, INDArray g, int axis) {
    super(v, g);
    addIArgument(axis);
  }

  @Override
  public String opName() {
    return "normfree_weight_norm";
  }

  @Override
  public int getNumOutputs() {
    return 1;
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
    long[] v = shapes.get(0);
    long[] g = shapes.get(1);
    if (v == null) {
      return;
    }
    int axis = axis(v.length);
    if (axis < 0 || axis >= v.length) {
      throw wrong(
          "axis %s of v of shape %s, expected one of its axes, or -1 for the last",
          getIArgument(0), text(v));
    }
    if (g != null && (g.length != 1 || !fits(g, new long[] {v[axis]}))) {
      throw wrong(
          "g has shape %s, expected [%s], a value for each place of axis %s of v %s",
          text(g), v[axis], axis, text(v));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray v = inputs.get(0);
    INDArray w = Directions.of(v, axis(v.rank())).unit().mul(Directions.each(inputs.get(1)));
    outputs.get(0).assign(w.reshape('c', v.shape()));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new WeightNormGradient(
                sameDiff, getIArgument(0).intValue(), arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
