package org.normfree.core.op;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Looks rows of a table up: {@code y_i = weight[ids_i]}.
 *
 * <p>weight is [V, C]; ids are INT [...], each from 0 to V − 1; y is [..., C].
 */
public class Embedding extends NormfreeOp {
  /** For cloning and loading. */
  public Embedding() {}

  /**
   * In a graph; use {@link Ops#embedding}, which checks the inputs first.
   *
   * @param sd the graph
   * @param weight [V, C]
   * @param ids INT [...]
   */
  public Embedding(SameDiff sd, SDVariable weight, SDVariable ids) {
    super(sd, weight, ids);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param weight [V, C]
   * @param ids INT [...]
   */
  public Embedding(INDArray weight, INDArray ids) {
    super(weight, ids);
  }

  @Override
  public String opName() {
    return "normfree_embedding";
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
    long[] weight = shapes.get(0);
    if (weight != null && weight.length != 2) {
      throw wrong("weight has shape %s, expected [V, C], a row an id; reshape it", text(weight));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] ids = shapes.get(1);
    long[] y = Arrays.copyOf(ids, ids.length + 1);
    y[ids.length] = shapes.get(0)[1];
    return List.of(y);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray weight = inputs.get(0);
    INDArray y = rows(outputs.get(0));
    int[] ids = ids(inputs.get(1), weight.size(0));
    for (int i = 0; i < ids.length; i++) {
      y.getRow(i).assign(weight.getRow(ids[i]));
    }
  }

  /** The ids in order, each of them checked. */
  static int[] ids(INDArray array, long rows) {
    int[] ids = array.dup('c').data().asInt();
    for (int i = 0; i < ids.length; i++) {
      requireId(ids[i], i, rows);
    }
    return ids;
  }

  /**
   * Requires an id to be a row of the table.
   *
   * @param id the id
   * @param position where it stands among the ids
   * @param rows number of rows of the table
   * @throws IllegalArgumentException if it is none
   */
  public static void requireId(int id, long position, long rows) {
    if (id < 0 || id >= rows) {
      throw new IllegalArgumentException(
          "normfree_embedding: id %s at position %s, expected 0 to %s; check the vocabulary"
              .formatted(id, position, rows - 1));
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new EmbeddingGradient(sameDiff, arg(0), arg(1), gradients.get(0)).outputVariables());
  }
}
