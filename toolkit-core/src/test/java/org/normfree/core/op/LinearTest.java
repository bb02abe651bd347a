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

class LinearTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 7, 3", "4, 1, 8", "3, 13, 1"})
  void holdsTheContract(long rows, long in, long out) throws IOException {
    new OpContract(
            inputs(
                "x", random(1, 1, 2, rows, in),
                "weight", random(2, 1, in, out),
                "bias", random(3, 1, out)),
            (sd, v) -> Ops.of(sd).linear(null, v.get("x"), v.get("weight"), v.get("bias")),
            (sd, v) ->
                v.get("x")
                    .reshape(2 * rows, in)
                    .mmul(v.get("weight"))
                    .add(v.get("bias"))
                    .reshape(2, rows, out),
            v -> new Linear(v.get(0), v.get(1), v.get(2)),
            "normfree_linear_gradient")
        .holds();
  }

  @Test
  void theBiasMayBeMissing() throws IOException {
    new OpContract(
            inputs("x", random(1, 1, 6, 5), "weight", random(2, 1, 5, 4)),
            (sd, v) -> Ops.of(sd).linear(null, v.get("x"), v.get("weight"), null),
            (sd, v) -> v.get("x").mmul(v.get("weight")),
            v -> new Linear(v.get(0), v.get(1)),
            "normfree_linear_gradient")
        .holds();
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 3, 4);
    SDVariable weight = sd.var("weight", Nd4j.ones(DataType.FLOAT, 5, 4));
    SDVariable good = sd.var("good", Nd4j.ones(DataType.FLOAT, 4, 5));
    SDVariable bias = sd.var("bias", Nd4j.ones(DataType.FLOAT, 4));
    assertThatThrownBy(() -> Ops.of(sd).linear("y", x, weight, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight has shape [5, 4], expected [4, out]");
    assertThatThrownBy(() -> Ops.of(sd).linear("y", x, good, bias))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bias has shape [4], expected [5]");
  }
}
