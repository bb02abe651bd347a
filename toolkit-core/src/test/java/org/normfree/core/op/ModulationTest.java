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

class ModulationTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 8", "3, 5, 7", "12, 3, 31", "2, 130, 3"})
  void aRowForEachExampleHoldsTheContract(long batch, long positions, long width)
      throws IOException {
    new OpContract(
            inputs(
                "x", random(1, 1, batch, positions, width),
                "scale", random(2, 1, batch, 1, width),
                "shift", random(3, 1, batch, 1, width)),
            (sd, in) -> Ops.of(sd).modulate(null, in.get("x"), in.get("scale"), in.get("shift")),
            (sd, in) -> in.get("x").mul(in.get("scale").add(1)).add(in.get("shift")),
            in -> new Modulation(true, in.get(0), in.get(1), in.get(2)),
            "normfree_modulation_gradient")
        .holds();
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "5, 7", "67, 31", "300, 3"})
  void aRowForTheWholeBatchHoldsTheContract(long rows, long width) throws IOException {
    new OpContract(
            inputs("x", random(1, 1, 2, rows, width), "scale", random(2, 1, width)),
            (sd, in) -> Ops.of(sd).scale(null, in.get("x"), in.get("scale")),
            (sd, in) -> in.get("x").mul(in.get("scale")),
            in -> new Modulation(false, in.get(0), in.get(1)),
            "normfree_modulation_gradient")
        .holds();
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", Nd4j.ones(DataType.FLOAT, 2, 3, 4));
    SDVariable narrow = sd.var("narrow", Nd4j.ones(DataType.FLOAT, 3));
    SDVariable middle = sd.var("middle", Nd4j.ones(DataType.FLOAT, 1, 3, 4));
    SDVariable fits = sd.var("fits", Nd4j.ones(DataType.FLOAT, 2, 1, 4));
    assertThatThrownBy(() -> Ops.of(sd).scale("a", x, narrow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scale has shape [3], expected [4]");
    assertThatThrownBy(() -> Ops.of(sd).scale("b", x, middle))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 3, 4]");
    assertThatThrownBy(() -> Ops.of(sd).modulate("c", x, fits, narrow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shift has shape [3] and scale has shape [2, 1, 4]");
  }
}
