package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
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

class GroupNormTest {
  private static final double EPSILON = 1e-5;

  /** Group norm of x [batch, positions, C] from SameDiff's own ops. */
  private static SDVariable composed(
      SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, long groups) {
    long[] shape = x.getShape();
    long size = shape[1] * shape[2] / groups;
    SDVariable grouped = x.reshape(shape[0], shape[1], groups, shape[2] / groups);
    SDVariable rows = grouped.permute(0, 2, 1, 3).reshape(shape[0], groups, size);
    SDVariable deviation = rows.sub(rows.mean(true, 2));
    SDVariable variance = deviation.mul(deviation).mean(true, 2);
    SDVariable y =
        deviation
            .mul(sd.math.reciprocal(sd.math.sqrt(variance.add(EPSILON))))
            .reshape(shape[0], groups, shape[1], shape[2] / groups)
            .permute(0, 2, 1, 3)
            .reshape(shape);
    y = gain == null ? y : y.mul(gain);
    return bias == null ? y : y.add(bias);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 1, true, true",
    "3, 7, 5, 5, true, true",
    "2, 5, 6, 3, true, false",
    "5, 1, 21, 7, false, true",
    "2, 13, 4, 1, false, false"
  })
  void holdsTheContract(
      long batch, long positions, long channels, long groups, boolean gained, boolean biased)
      throws IOException {
    Map<String, INDArray> inputs = inputs("x", random(1, 3, batch, positions, channels));
    if (gained) {
      inputs.put("gain", random(2, 1, channels).addi(1.5));
    }
    if (biased) {
      inputs.put("bias", random(3, 1, channels));
    }
    new OpContract(
            inputs,
            (sd, in) ->
                Ops.of(sd)
                    .groupNorm(null, in.get("x"), in.get("gain"), in.get("bias"), groups, EPSILON),
            (sd, in) -> composed(sd, in.get("x"), in.get("gain"), in.get("bias"), groups),
            in ->
                new GroupNorm(
                    in.get(0),
                    gained ? in.get(1) : null,
                    biased ? in.get(in.size() - 1) : null,
                    groups,
                    EPSILON),
            "normfree_group_norm_gradient")
        .holds();
  }

  @Test
  void oneGroupOfOnePositionIsLayerNorm() {
    INDArray x = random(1, 2, 5, 13);
    INDArray gain = random(2, 1, 13);
    INDArray bias = random(3, 1, 13);
    assertClose(
        "layer norm",
        Nd4j.exec(new GroupNorm(x, gain, bias, 1, EPSILON))[0],
        Nd4j.exec(new LayerNorm(x, gain, bias, EPSILON))[0],
        1e-14);
  }

  @Test
  void anyNumberOfAxesBetweenBatchAndChannels() {
    INDArray x = random(4, 2, 2, 3, 5, 6);
    INDArray flat = Nd4j.exec(new GroupNorm(x.reshape(2, 15, 6), null, null, 2, EPSILON))[0];
    assertClose(
        "image", Nd4j.exec(new GroupNorm(x, null, null, 2, EPSILON))[0].reshape(2, 15, 6), flat, 0);
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5, 6);
    SDVariable vector = sd.placeHolder("vector", DataType.FLOAT, 6);
    SDVariable five = sd.var("five", Nd4j.ones(DataType.FLOAT, 5));
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.groupNorm("y", x, null, null, 4, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 groups for x of shape [-1, 5, 6], expected a divisor");
    assertThatThrownBy(() -> ops.groupNorm("y", x, null, null, 0, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 groups");
    assertThatThrownBy(() -> ops.groupNorm("y", vector, null, null, 2, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has shape [6], expected [batch, ..., C]");
    assertThatThrownBy(() -> ops.groupNorm("y", x, five, null, 2, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gain has shape [5], expected [6]");
  }
}
