package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

class FrechetDistanceTest {
  private static INDArray normal(int n, int d, String purpose) {
    Rng rng = Rng.of(1, purpose, 0);
    double[] values = new double[n * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = rng.gaussian();
    }
    return Nd4j.create(values, new long[] {n, d}, DataType.DOUBLE);
  }

  @Test
  void ofASetToItselfIsZeroAndOfAShiftedOneItsSquare() {
    INDArray a = normal(50, 7, "a");
    assertThat(FrechetDistance.between(a, a)).isCloseTo(0, within(1e-9));
    assertThat(FrechetDistance.between(a, a.add(0.5))).isCloseTo(7 * 0.25, within(1e-9));
    // scaled by 2: tr S(1 + 4 − 2·2)
    INDArray centred = a.subRowVector(a.mean(true, 0));
    double trace = centred.mul(centred).sumNumber().doubleValue() / 49;
    assertThat(FrechetDistance.between(centred, centred.mul(2))).isCloseTo(trace, within(1e-9));
  }

  /** 0.6·d²/n, as the documentation says. */
  @Test
  void twoSetsOfOneGaussianAreNotAtZero() {
    double distance = FrechetDistance.between(normal(400, 20, "b"), normal(400, 20, "c"));
    assertThat(distance).isBetween(0.4 * 400 / 400, 0.8 * 400 / 400);
  }

  @Test
  void tooFewVectorsAreRefused() {
    assertThatThrownBy(() -> FrechetDistance.between(normal(1, 3, "d"), normal(5, 3, "e")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 2");
    assertThatThrownBy(() -> FrechetDistance.between(normal(5, 4, "d"), normal(5, 3, "e")))
        .isInstanceOf(InputException.class);
  }
}
