package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WeightNormTest {
  @ParameterizedTest
  @CsvSource({"1 1, -1", "5 7, -1", "7 5, 0", "3 2 13, 1", "11 3 2, 0", "2 3 5 7, 3", "17 2, 0"})
  void holdsTheContract(String sizes, int axis) throws IOException {
    long[] shape = Arrays.stream(sizes.split(" ")).mapToLong(Long::parseLong).toArray();
    int kept = axis < 0 ? shape.length - 1 : axis;
    long before = Arrays.stream(shape).limit(kept).reduce(1, (a, b) -> a * b);
    long after = Arrays.stream(shape).skip(kept + 1L).reduce(1, (a, b) -> a * b);
    long n = shape[kept];
    // far enough from 0 that the norm of a single number has a slope to measure
    INDArray v = random(1, 1, shape).addi(2);
    new OpContract(
            inputs("v", v, "g", random(2, 1, n).addi(1.5)),
            (sd, in) -> Ops.of(sd).weightNorm(null, in.get("v"), in.get("g"), axis),
            (sd, in) -> {
              // as rows of one vector each
              SDVariable rows =
                  in.get("v").reshape(before, n, after).permute(1, 0, 2).reshape(n, before * after);
              SDVariable norm = sd.math.sqrt(rows.mul(rows).sum(true, 1));
              return rows.mul(sd.math.reciprocal(norm).mul(in.get("g").reshape(n, 1)))
                  .reshape(n, before, after)
                  .permute(1, 0, 2)
                  .reshape(shape);
            },
            in -> new WeightNorm(in.get(0), in.get(1), axis),
            "normfree_weight_norm_gradient")
        .holds();
  }

  @Test
  void aVectorOfZerosStaysOneAndHasNoGradient() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      SameDiff sd = SameDiff.create();
      INDArray values = random(1, 1, 3, 2).castTo(type);
      values.getColumn(0).assign(0);
      SDVariable v = sd.var("v", values);
      SDVariable g = sd.var("g", Nd4j.ones(type, 2));
      Ops.of(sd).weightNorm("w", v, g).sum("loss");
      sd.setLossVariables("loss");
      assertThat(sd.outputSingle(Map.of(), "w").getColumn(0).amaxNumber().doubleValue()).isZero();
      Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), "v", "g");
      assertThat(gradients.get("v").getColumn(0).amaxNumber().doubleValue()).isZero();
      assertThat(gradients.get("g").getDouble(0)).isZero();
      assertThat(gradients.get("g").getDouble(1)).isNotZero();
    }
  }

  @Test
  void hugeAndTinyVectorsHaveTheirLength() {
    for (float size : new float[] {1e25f, 1e-30f}) {
      INDArray v = Nd4j.createFromArray(new float[] {3 * size, -4 * size}).reshape(2, 1);
      INDArray w = Nd4j.exec(new WeightNorm(v, Nd4j.createFromArray(2f), -1))[0];
      assertThat(w.data().asFloat()).containsExactly(1.2f, -1.6f);
    }
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable v = sd.var("v", Nd4j.ones(DataType.FLOAT, 3, 4));
    SDVariable three = sd.var("three", Nd4j.ones(DataType.FLOAT, 3));
    assertThatThrownBy(() -> Ops.of(sd).weightNorm("w", v, three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("g has shape [3], expected [4], a value for each place of axis 1");
    assertThatThrownBy(() -> Ops.of(sd).weightNorm("w", v, three, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("axis 2 of v of shape [3, 4], expected one of its axes");
  }
}
