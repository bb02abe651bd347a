package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes rows out of each example: {@code y_{b,k} = x_{b, ids_{b,k}}}.
 *
 * <p>x is [batch, N, D]; ids are INT [batch, K], each from 0 to N − 1; y is [batch, K, D].
 */
public class GatherRows extends NormfreeOp {
  /** For cloning and loading. */
  public GatherRows() {}

  /**
   * In a graph; use {@link Ops#gatherRows}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [batch, N, D]
   * @param ids INT [batch, K]
   */
  public GatherRows(SameDiff sd, SDVariable x, SDVariable ids) {
    super(sd, x, ids);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [batch, N, D]
   * @param ids INT [batch, K]
   */
  public GatherRows(INDArray x, INDArray ids) {
    super(x, ids);
  }

  @Override
  public String opName() {
    return "normfree_gather_rows";
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
  protected void check(List<long[]> shapes) {
    checkRows(this, "x", "N", shapes);
  }

  /** Requires rows [batch, N, D] and ids [batch, K] of the same batch. */
  static void checkRows(NormfreeOp op, String name, String size, List<long[]> shapes) {
    long[] x = shapes.get(0);
    long[] ids = shapes.get(1);
    if (x != null && x.length != 3) {
      throw op.wrong("%s has shape %s, expected [batch, %s, D]; reshape it", name, text(x), size);
    }
    if (ids != null && ids.length != 2) {
      throw op.wrong("ids have shape %s, expected [batch, K]; reshape them", text(ids));
    }
    if (x != null && ids != null && x[0] >= 0 && ids[0] >= 0 && x[0] != ids[0]) {
      throw op.wrong(
          "%s has shape %s and ids have shape %s, expected batches of one size",
          name, text(x), text(ids));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] x = shapes.get(0);
    return List.of(new long[] {x[0], shapes.get(1)[1], x[2]});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = rows(inputs.get(0));
    INDArray y = rows(outputs.get(0));
    int[] ids = RowIds.flat(inputs.get(1), inputs.get(0).size(1));
    for (int i = 0; i < ids.length; i++) {
      y.getRow(i).assign(x.getRow(ids[i]));
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new GatherRowsGradient(sameDiff, arg(0), arg(1), gradients.get(0)).outputVariables());
  }
}
