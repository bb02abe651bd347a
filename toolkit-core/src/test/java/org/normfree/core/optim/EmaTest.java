package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class EmaTest {
  @Test
  void averagesFromTheFirstValuesOn() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray p = Nd4j.create(new double[] {1, 2}, new long[] {2}, type);
      Ema ema = new Ema(Map.of("p", p), 0.75);
      p.addi(4);
      ema.update();
      p.addi(4);
      ema.update();
      // 0.75·(0.75·1 + 0.25·5) + 0.25·9 = 3.75
      assertThat(ema.state().get("p").toDoubleVector())
          .containsExactly(new double[] {3.75, 4.75}, within(1e-6));
    }
  }

  @Test
  void parametersHoldTheAverageOnlyWhileAsked() {
    INDArray p = Nd4j.createFromArray(0.1f, 0.2f);
    Ema ema = new Ema(Map.of("p", p), 0.5);
    p.addi(0.3f);
    float[] trained = p.toFloatVector();
    ema.whileAveraged(() -> assertThat(p.toFloatVector()).containsExactly(0.1f, 0.2f));
    assertThat(p.toFloatVector()).containsExactly(trained);
    assertThatThrownBy(
            () ->
                ema.whileAveraged(
                    () -> {
                      throw new IllegalStateException("in between");
                    }))
        .hasMessage("in between");
    assertThat(p.toFloatVector()).containsExactly(trained);
    assertThat(ema.state().get("p").toFloatVector()).containsExactly(0.1f, 0.2f);
  }

  @Test
  void isRestoredFromItsState() {
    INDArray p = Nd4j.createFromArray(1f, 2f);
    Ema ema = new Ema(Map.of("p", p), 0.5);
    ema.restore(Map.of("p", Nd4j.createFromArray(7f, 8f)));
    assertThat(ema.state().get("p").toFloatVector()).containsExactly(7f, 8f);
    assertThatThrownBy(() -> ema.restore(Map.of("q", p))).isInstanceOf(InputException.class);
  }

  @Test
  void decayOutsideItsRangeIsRefused() {
    assertThatThrownBy(() -> new Ema(Map.of(), 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1.0");
  }
}
