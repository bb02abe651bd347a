package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Puts rows into the examples of a larger array of zeros: {@code y_{b,n} = Σ_{k: ids_{b,k} = n}
 * rows_{b,k}}, added in the order of the ids.
 *
 * <p>rows are [batch, K, D]; ids are INT [batch, K], each from 0 to N − 1; y is [batch, N, D].
 */
public class ScatterRows extends NormfreeOp {
  /** For cloning and loading. */
  public ScatterRows() {}

  /**
   * In a graph; use {@link Ops#scatterRows}, which checks the inputs first.
   *
   * @param sd the graph
   * @param rows [batch, K, D]
   * @param ids INT [batch, K]
   * @param count N, how many rows an example has
   */
  public ScatterRows(SameDiff sd, SDVariable rows, SDVariable ids, long count) {
    super(sd, rows, ids);
    addIArgument(count);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param rows [batch, K, D]
   * @param ids INT [batch, K]
   * @param count N, how many rows an example has
   */
  public ScatterRows(INDArray rows, INDArray ids, long count) {
    super(rows, ids);
    addIArgument(count);
  }

  @Override
  public String opName() {
    return "normfree_scatter_rows";
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
    GatherRows.checkRows(this, "rows", "K", shapes);
    long[] rows = shapes.get(0);
    long[] ids = shapes.get(1);
    if (rows != null && ids != null && rows[1] >= 0 && ids[1] >= 0 && rows[1] != ids[1]) {
      throw wrong(
          "rows have shape %s and ids have shape %s, expected an id a row", text(rows), text(ids));
    }
    if (getIArgument(0) < 1) {
      throw wrong("N is %s, expected at least 1, the number of rows of a result", getIArgument(0));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] rows = shapes.get(0);
    return List.of(new long[] {rows[0], getIArgument(0), rows[2]});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    add(inputs.get(0), inputs.get(1), outputs.get(0));
  }

  /** Fills y [batch, N, D] with the sums of rows [batch, K, D]. */
  static void add(INDArray rows, INDArray ids, INDArray y) {
    INDArray from = rows(rows);
    INDArray to = rows(y);
    int[] flat = RowIds.flat(ids, y.size(1));
    to.assign(0);
    for (int i = 0; i < flat.length; i++) {
      to.getRow(flat[i]).addi(from.getRow(i));
    }
  }

  /** The gradient of the sums is gathered back. */
  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(new GatherRows(sameDiff, gradients.get(0), arg(1)).outputVariables());
  }
}
