package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GatherRowsTest {
  /** Some rows several times, some never, differently for each example. */
  private static INDArray ids(int batch, int count, int rows) {
    int[] ids = new int[batch * count];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (i * i + i / count) % rows;
    }
    return Nd4j.createFromArray(ids).reshape(batch, count);
  }

  /** A row of [batch·count, batch·rows] a taken row, 1 where it is taken from. */
  private static INDArray selection(INDArray ids, int rows) {
    int count = (int) ids.size(1);
    INDArray selection = Nd4j.zeros(DataType.DOUBLE, ids.length(), ids.size(0) * rows);
    for (int i = 0; i < ids.length(); i++) {
      selection.putScalar(i, i / count * rows + ids.getInt(i / count, i % count), 1);
    }
    return selection;
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1, 3", "3, 5, 7, 13", "2, 7, 3, 5", "5, 31, 2, 3"})
  void gatheringHoldsTheContract(int batch, int rows, int count, long width) throws IOException {
    INDArray ids = ids(batch, count, rows);
    INDArray selection = selection(ids, rows);
    new OpContract(
            inputs("x", random(1, 1, batch, rows, width)),
            (sd, in) -> Ops.of(sd).gatherRows(null, in.get("x"), sd.constant(ids)),
            (sd, in) ->
                sd.constant(selection)
                    .mmul(in.get("x").reshape((long) batch * rows, width))
                    .reshape(batch, count, width),
            in -> new GatherRows(in.get(0), ids),
            "normfree_gather_rows_gradient")
        .holds();
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1, 3", "3, 5, 7, 13", "2, 7, 3, 5", "5, 31, 2, 3"})
  void scatteringHoldsTheContract(int batch, int rows, int count, long width) throws IOException {
    INDArray ids = ids(batch, count, rows);
    INDArray selection = selection(ids, rows).transpose().dup('c');
    new OpContract(
            inputs("rows", random(1, 1, batch, count, width)),
            (sd, in) -> Ops.of(sd).scatterRows(null, in.get("rows"), sd.constant(ids), rows),
            (sd, in) ->
                sd.constant(selection)
                    .mmul(in.get("rows").reshape((long) batch * count, width))
                    .reshape(batch, rows, width),
            in -> new ScatterRows(in.get(0), ids, rows),
            "normfree_gather_rows")
        .holds();
  }

  @Test
  void whatWasTakenApartGoesTogetherAgain() {
    INDArray x = random(3, 1, 2, 5, 3);
    INDArray shuffle = Nd4j.createFromArray(new int[][] {{4, 2, 0, 1, 3}, {1, 0, 3, 4, 2}});
    INDArray shuffled = Nd4j.exec(new GatherRows(x, shuffle))[0];
    assertThat(Nd4j.exec(new ScatterRows(shuffled, shuffle, 5))[0]).isEqualTo(x);
  }

  @Test
  void anIdWithoutARowIsNamed() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray x = random(1, 1, 2, 3, 4).castTo(type);
      INDArray beyond = Nd4j.createFromArray(new int[][] {{0, 2}, {1, 3}});
      assertThatThrownBy(() -> Nd4j.exec(new GatherRows(x, beyond)))
          .rootCause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("id 3 at position 1 of batch element 1, expected 0 to 2");
      INDArray below = Nd4j.createFromArray(new int[][] {{0, 2, -1}, {1, 0, 0}});
      assertThatThrownBy(() -> Nd4j.exec(new ScatterRows(x, below, 5)))
          .rootCause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("id -1 at position 2 of batch element 0, expected 0 to 4");
    }
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 5, 4);
    SDVariable matrix = sd.placeHolder("matrix", DataType.FLOAT, 5, 4);
    SDVariable ids = sd.placeHolder("ids", DataType.INT32, 2, 3);
    SDVariable three = sd.placeHolder("three", DataType.INT32, 3, 3);
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.gatherRows("y", matrix, ids))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has shape [5, 4], expected [batch, N, D]");
    assertThatThrownBy(() -> ops.gatherRows("y", x, three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ids have shape [3, 3], expected batches of one size");
    assertThatThrownBy(() -> ops.scatterRows("y", x, ids, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows have shape [2, 5, 4] and ids have shape [2, 3]");
    assertThatThrownBy(() -> ops.gatherRows("y", x, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INT for indices");
    SDVariable fives = sd.placeHolder("fives", DataType.INT32, 2, 5);
    assertThatThrownBy(() -> ops.scatterRows("y", x, fives, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("N is 0, expected at least 1");
  }

  @Test
  void theGradientOfScatteringHasAGradient() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(1, 1, 2, 3, 4));
    SDVariable ids = sd.constant(ids(2, 3, 5));
    SDVariable back =
        new ScatterRows(sd, x, ids, 5)
            .doDiff(java.util.List.of(sd.var("g", random(2, 1, 2, 5, 4))))
            .get(0);
    back.mul(back).sum("loss");
    sd.setLossVariables("loss");
    assertThat(sd.calculateGradients(Map.of(), "g").get("g").shape()).containsExactly(2, 5, 4);
  }
}
