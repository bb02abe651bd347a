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

class DeepNormTest {
  @ParameterizedTest
  @CsvSource({"1, 8, 1.8612", "5, 7, 2.6", "12, 3, 6.6874", "2, 31, 1"})
  void holdsTheContract(long rows, long width, double alpha) throws IOException {
    new OpContract(
            inputs(
                "x", random(1, 3, rows, 2, width),
                "branch", random(2, 1, rows, 2, width),
                "gain", random(3, 1, width).addi(1.5),
                "bias", random(4, 1, width)),
            (sd, in) ->
                Ops.of(sd)
                    .deepNorm(
                        null,
                        in.get("x"),
                        in.get("branch"),
                        alpha,
                        in.get("gain"),
                        in.get("bias"),
                        1e-5),
            (sd, in) ->
                LayerNormTest.composed(
                    sd,
                    in.get("x").mul(alpha).add(in.get("branch")),
                    in.get("gain"),
                    in.get("bias"),
                    1e-5),
            in -> new DeepNorm(in.get(0), in.get(1), alpha, in.get(2), in.get(3), 1e-5),
            "normfree_deep_norm_gradient")
        .holds();
  }

  @Test
  void alphaMultipliesTheResidualAndNotTheBranch() {
    INDArray x = random(1, 1, 3, 4);
    INDArray branch = random(2, 1, 3, 4);
    INDArray ones = Nd4j.ones(DataType.DOUBLE, 4);
    INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 4);
    INDArray y = Nd4j.exec(new DeepNorm(x, branch, 1e6, ones, zeros, 1e-5))[0];
    INDArray residualOnly = Nd4j.exec(new LayerNorm(x, ones, zeros, 1e-17))[0];
    assertThat(y.sub(residualOnly).amaxNumber().doubleValue()).isLessThan(1e-4);
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable other = sd.placeHolder("other", DataType.FLOAT, -1, 5);
    SDVariable gain = sd.var("gain", Nd4j.ones(DataType.FLOAT, 4));
    assertThatThrownBy(() -> Ops.of(sd).deepNorm("y", x, other, 2, gain, gain, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has shape [-1, 4] and branch has shape [-1, 5]");
    assertThatThrownBy(() -> Ops.of(sd).deepNorm("y", x, x, Double.NaN, gain, gain, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alpha is NaN");
    assertThatThrownBy(() -> Ops.of(sd).deepNorm("y", x, x, 2, gain, gain, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon is 0");
    assertThat(sd.ops()).isEmpty();
  }
}
