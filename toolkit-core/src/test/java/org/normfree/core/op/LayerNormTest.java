package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class LayerNormTest {
  /**
   * Layer norm of a rank-3 x from SameDiff's own ops; its {@code mean(true, -1)} is wrong there.
   */
  static SDVariable composed(
      SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    SDVariable deviation = x.sub(x.mean(true, 2));
    SDVariable variance = deviation.mul(deviation).mean(true, 2);
    SDVariable scale = sd.math.reciprocal(sd.math.sqrt(variance.add(epsilon)));
    return deviation.mul(scale).mul(gain).add(bias);
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "5, 7", "12, 3", "2, 31"})
  void holdsTheContract(long rows, long width) throws IOException {
    new OpContract(
            inputs(
                "x", random(1, 3, rows, 2, width),
                "gain", random(2, 1, width).addi(1.5),
                "bias", random(3, 1, width)),
            (sd, in) ->
                Ops.of(sd).layerNorm(null, in.get("x"), in.get("gain"), in.get("bias"), 1e-5),
            (sd, in) -> composed(sd, in.get("x"), in.get("gain"), in.get("bias"), 1e-5),
            in -> new LayerNorm(in.get(0), in.get(1), in.get(2), 1e-5),
            "normfree_layer_norm_gradient")
        .holds();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1e-5, Double.NaN, Double.POSITIVE_INFINITY})
  void epsilonMustBePositive(double epsilon) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", Nd4j.ones(DataType.FLOAT, 2, 4));
    SDVariable gain = sd.var("gain", Nd4j.ones(DataType.FLOAT, 4));
    SDVariable bias = sd.var("bias", Nd4j.zeros(DataType.FLOAT, 4));
    assertThatThrownBy(() -> Ops.of(sd).layerNorm("y", x, gain, bias, epsilon))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("normfree_layer_norm")
        .hasMessageContaining("epsilon is " + epsilon);
  }

  @Test
  void gainAndBiasMustFitTheLastAxis() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 4);
    SDVariable four = sd.var("four", Nd4j.ones(DataType.DOUBLE, 4));
    SDVariable three = sd.var("three", Nd4j.ones(DataType.DOUBLE, 3));
    SDVariable matrix = sd.var("matrix", Nd4j.ones(DataType.DOUBLE, 1, 4));
    assertThatThrownBy(() -> Ops.of(sd).layerNorm("y", x, three, four, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gain has shape [3], expected [4]");
    assertThatThrownBy(() -> Ops.of(sd).layerNorm("y", x, four, matrix, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bias has shape [1, 4], expected [4]");
    SDVariable integers = sd.placeHolder("integers", DataType.INT32, -1, 4);
    assertThatThrownBy(() -> Ops.of(sd).layerNorm("y", integers, four, four, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected all FLOAT or all DOUBLE");
  }
}
