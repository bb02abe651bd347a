package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EmbeddingTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 3, 13", "13, 7, 5", "31, 1, 2"})
  void holdsTheContract(int rows, long width, int tokens) throws IOException {
    // some rows several times, some never
    int[] ids = new int[2 * tokens];
    INDArray selection = Nd4j.zeros(DataType.DOUBLE, ids.length, rows);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i * i % rows;
      selection.putScalar(i, ids[i], 1);
    }
    INDArray array = Nd4j.createFromArray(ids).reshape(2, tokens);
    new OpContract(
            inputs("weight", random(1, 1, rows, width)),
            (sd, in) -> Ops.of(sd).embedding(null, in.get("weight"), sd.constant(array)),
            (sd, in) -> sd.constant(selection).mmul(in.get("weight")).reshape(2, tokens, width),
            in -> new Embedding(in.get(0), array),
            "normfree_embedding_gradient")
        .holds();
  }

  @Test
  void theIdsMayBeOfAnyShape() {
    INDArray weight = random(1, 1, 3, 4);
    assertThat(Nd4j.exec(new Embedding(weight, Nd4j.scalar(2)))[0]).isEqualTo(weight.getRow(2));
    INDArray ids = Nd4j.createFromArray(new int[][] {{0, 1, 2}, {2, 2, 0}});
    INDArray transposed = Nd4j.exec(new Embedding(weight, ids.transpose()))[0];
    assertThat(transposed.shape()).containsExactly(3, 2, 4);
    assertThat(transposed.slice(1).getRow(1).dup()).isEqualTo(weight.getRow(2).dup());
  }

  @Test
  void anIdWithoutARowIsNamed() {
    INDArray weight = random(1, 1, 3, 4);
    assertThatThrownBy(() -> Nd4j.exec(new Embedding(weight, Nd4j.createFromArray(0, 2, 3))))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id 3 at position 2, expected 0 to 2; check the vocabulary");
    assertThatThrownBy(() -> Nd4j.exec(new Embedding(weight, Nd4j.createFromArray(-1))))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id -1 at position 0");
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable weight = sd.placeHolder("weight", DataType.FLOAT, 5, 4);
    SDVariable vector = sd.placeHolder("vector", DataType.FLOAT, 5);
    SDVariable ids = sd.placeHolder("ids", DataType.INT32, -1);
    SDVariable longs = sd.placeHolder("longs", DataType.INT64, -1);
    assertThatThrownBy(() -> Ops.of(sd).embedding("y", vector, ids))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight has shape [5], expected [V, C]");
    assertThatThrownBy(() -> Ops.of(sd).embedding("y", weight, longs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "[FLOAT, LONG], expected all FLOAT or all DOUBLE, but INT for indices");
  }
}
