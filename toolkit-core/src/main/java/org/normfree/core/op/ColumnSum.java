package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = Σ_rows x}: x is [..., C], y is [C]. The gradient of a bias, which a compiled plan
 * takes out of the gradient it belongs to.
 */
public class ColumnSum extends NormfreeOp {
  /** Without attributes. */
  public ColumnSum() {}

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   */
  public ColumnSum(INDArray x) {
    super(x);
  }

  @Override
  public String opName() {
    return "normfree_column_sum";
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
    long[] x = shapes.get(0);
    return List.of(new long[] {x[x.length - 1]});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    outputs.get(0).assign(rows(inputs.get(0)).sum(0));
  }
}
