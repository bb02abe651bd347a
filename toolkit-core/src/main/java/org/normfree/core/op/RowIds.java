package org.normfree.core.op;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of rows that {@link GatherRows} and {@link ScatterRows} take, each checked. */
public final class RowIds {
  private RowIds() {}

  /**
   * The rows of all examples laid end to end that the ids stand for.
   *
   * @param ids INT [batch, K]
   * @param rows number of rows of an example
   */
  static int[] flat(INDArray ids, long rows) {
    int[] flat = ids.dup('c').data().asInt();
    int each = Math.toIntExact(ids.size(1));
    for (int i = 0; i < flat.length; i++) {
      require(flat[i], i / each, i % each, rows);
      flat[i] += Math.toIntExact(i / each * rows);
    }
    return flat;
  }

  /**
   * Requires an id to be a row.
   *
   * @param id the id
   * @param example number of its batch element
   * @param position where it stands among the ids of that element
   * @param rows number of rows of an example
   * @throws IllegalArgumentException if it is none
   */
  public static void require(int id, long example, long position, long rows) {
    if (id < 0 || id >= rows) {
      throw new IllegalArgumentException(
          "normfree_gather_rows: id %s at position %s of batch element %s, expected 0 to %s; ids count the rows of their own element"
              .formatted(id, position, example, rows - 1));
    }
  }
}
