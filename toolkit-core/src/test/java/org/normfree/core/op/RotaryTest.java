package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.random;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RotaryTest {
  private static final int HEADS = 3;

  private static INDArray turned(INDArray x, int... positions) {
    return Nd4j.exec(new Rotary(x, Nd4j.createFromArray(positions), HEADS, 100))[0];
  }

  @Test
  void turnsPairsByTheAngleOfTheirPosition() {
    INDArray x = random(1, 1, 2, 3, 12);
    int[] positions = {0, 4, 7};
    INDArray y = turned(x, positions);
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < 3; t++) {
        for (int head = 0; head < HEADS; head++) {
          for (int i = 0; i < 2; i++) {
            double angle = positions[t] * Math.pow(100, -i / 2.0);
            int at = head * 4 + i;
            double first = x.getDouble(b, t, at);
            double second = x.getDouble(b, t, at + 2);
            assertThat(y.getDouble(b, t, at))
                .isCloseTo(first * Math.cos(angle) - second * Math.sin(angle), within(1e-12));
            assertThat(y.getDouble(b, t, at + 2))
                .isCloseTo(first * Math.sin(angle) + second * Math.cos(angle), within(1e-12));
          }
        }
      }
    }
  }

  @Test
  void productsDependOnTheDistanceOnly() {
    INDArray query = random(2, 1, 1, 1, 12);
    INDArray key = random(3, 1, 1, 1, 12);
    double near = turned(query, 5).mul(turned(key, 2)).sumNumber().doubleValue();
    double far = turned(query, 105).mul(turned(key, 102)).sumNumber().doubleValue();
    assertThat(far).isCloseTo(near, within(1e-12));
  }

  @Test
  void theGradientIsTheTurnBack() {
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      SameDiff sd = SameDiff.create();
      INDArray values = random(4, 1, 2, 3, 12).castTo(type);
      SDVariable x = sd.var("x", values);
      SDVariable positions = sd.constant("p", Nd4j.createFromArray(1, 2, 9));
      INDArray weights = random(5, 1, 2, 3, 12).castTo(type);
      Ops.of(sd).rotary("y", x, positions, HEADS, 100).mul(sd.constant("w", weights)).sum("loss");
      sd.setLossVariables("loss");
      INDArray gradient = sd.calculateGradients(Map.of(), "x").get("x");
      // <w, R x> = <R⁻¹ w, x>
      INDArray again = turned(gradient, 1, 2, 9);
      double error = again.sub(weights).amaxNumber().doubleValue();
      assertThat(error).isLessThan(type == DataType.DOUBLE ? 1e-12 : 1e-5);
    }
  }

  /** Kernels keep the angles of usual positions; those of others are made anew. */
  @Test
  void positionsOfAnySizeAreTurnedByTheirAngle() {
    int[] positions = {65_536, -3, 65_535, 1_000_003, 0, Integer.MIN_VALUE, 7};
    INDArray x = random(6, 1, 2, positions.length, 12);
    for (int repetition = 0; repetition < 2; repetition++) {
      INDArray narrow = turned(x.castTo(DataType.FLOAT), positions).castTo(DataType.DOUBLE);
      assertThat(narrow.sub(turned(x, positions)).amaxNumber().doubleValue()).isLessThan(1e-6);
    }
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3, 12);
    SDVariable p = sd.placeHolder("p", DataType.INT32, 4);
    assertThatThrownBy(() -> Ops.of(sd).rotary("y", x, p, 4, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 channels and there are 4 heads, expected an even number");
    assertThatThrownBy(() -> Ops.of(sd).rotary("y", x, p, 3, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positions have shape [4], expected [3]");
    assertThatThrownBy(() -> Ops.of(sd).rotary("y", x, p, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("base is 0.0, expected a number > 0");
  }
}
