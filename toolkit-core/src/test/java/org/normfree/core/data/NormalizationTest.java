package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.nn.Network;

class NormalizationTest {
  private static final Images TWO_BY_TWO =
      new Images(
          new float[] {0, 0.5f, 0.25f, 0.5f, 0.5f, 0.5f, 1, 0.5f},
          new int[] {0, 1},
          1,
          2,
          2,
          List.of("a", "b"));

  @Test
  void takesMeanAndDeviationOfEachChannel() {
    Normalization normalization = Normalization.of(TWO_BY_TWO);
    assertThat(normalization.mean()).containsExactly(0.4375f, 0.5f);
    // deviations -7/16, -3/16, 1/16, 9/16: mean square 35/256
    assertThat(normalization.std()[0]).isCloseTo((float) Math.sqrt(35) / 16, within(1e-7f));
    assertThat(normalization.std()[1]).as("a constant channel keeps its scale").isEqualTo(1);
  }

  @Test
  void makesTrainingPixelsStandard() {
    Images digits = Digits.load().train();
    Normalization normalization = Normalization.of(digits);
    float[] input =
        new EvaluationBatches(digits, normalization, digits.count()).batch(0).reals(Network.INPUT);
    double mean = 0;
    double square = 0;
    for (float value : input) {
      mean += value / input.length;
      square += (double) value * value / input.length;
    }
    assertThat(mean).isCloseTo(0, within(1e-6));
    assertThat(square).isCloseTo(1, within(1e-6));
  }

  @Test
  void refusesNumbersItCannotDivideBy() {
    for (float std : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Normalization(new float[] {0}, new float[] {std}))
          .isInstanceOf(InputException.class);
    }
    assertThatThrownBy(() -> new Normalization(new float[] {0, 0}, new float[] {1}))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new Normalization(new float[] {Float.NaN}, new float[] {1}))
        .isInstanceOf(InputException.class);
  }
}
