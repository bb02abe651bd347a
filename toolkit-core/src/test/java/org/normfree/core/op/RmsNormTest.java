package org.normfree.core.op;

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
import org.nd4j.linalg.factory.Nd4j;

class RmsNormTest {
  @ParameterizedTest
  @CsvSource({"1, 8", "5, 7", "12, 3", "2, 31"})
  void holdsTheContract(long rows, long width) throws IOException {
    new OpContract(
            inputs("x", random(1, 3, rows, 2, width), "gain", random(2, 1, width).addi(1.5)),
            (sd, in) -> Ops.of(sd).rmsNorm(null, in.get("x"), in.get("gain"), 1e-6),
            (sd, in) -> {
              SDVariable x = in.get("x");
              SDVariable square = x.mul(x).mean(true, 2).add(1e-6);
              return x.mul(sd.math.reciprocal(sd.math.sqrt(square))).mul(in.get("gain"));
            },
            in -> new RmsNorm(in.get(0), in.get(1), 1e-6),
            "normfree_rms_norm_gradient")
        .holds();
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
    SDVariable gain = sd.var("gain", Nd4j.ones(DataType.FLOAT, 5));
    assertThatThrownBy(() -> Ops.of(sd).rmsNorm("y", x, gain, 1e-6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gain has shape [5], expected [4]");
    assertThatThrownBy(() -> Ops.of(sd).rmsNorm("y", x, x, 1e-6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gain has shape [-1, 4]");
  }
}
