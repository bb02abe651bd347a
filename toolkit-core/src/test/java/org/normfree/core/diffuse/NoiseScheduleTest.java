package org.normfree.core.diffuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class NoiseScheduleTest {
  @ParameterizedTest
  @ValueSource(ints = {-3, 1, 20})
  void tooFewStepsAreRefused(int steps) {
    assertThatThrownBy(() -> NoiseSchedule.linear(steps))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("T=" + steps)
        .hasMessageContaining("above 20")
        .hasMessageNotContaining("\n");
  }

  @Test
  void theLastStepLeavesAlmostNoSignal() {
    for (int steps : new int[] {21, 100, 1000}) {
      NoiseSchedule schedule = NoiseSchedule.linear(steps);
      assertThat(schedule.alphaBar(steps - 1)).isBetween(0.0, 1e-4);
      assertThat(schedule.beta(steps - 1)).isLessThan(1);
    }
  }

  @Test
  void fewerStepsReachTheSameNoiseAtTheTimesTheyKeep() {
    NoiseSchedule whole = NoiseSchedule.linear(1000);
    NoiseSchedule few = whole.respaced(7);
    for (int i = 0; i < 7; i++) {
      assertThat(few.alphaBar(i)).isCloseTo(whole.alphaBar(few.time(i)), within(1e-14));
    }
    assertThat(few.time(0)).isZero();
    assertThat(few.time(6)).isEqualTo(999);
    assertThat(few.trainedSteps()).isEqualTo(1000);
    assertThat(whole.respaced(1).posteriorLogVariance(0)).isFinite();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1001})
  void moreStepsThanThereAreAreRefused(int steps) {
    NoiseSchedule whole = NoiseSchedule.linear(1000);
    assertThatThrownBy(() -> whole.respaced(steps))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("sampling steps=" + steps);
  }

  @Test
  void aPerfectGuessLeadsBackToTheImage() {
    NoiseSchedule schedule = NoiseSchedule.linear(100).respaced(9);
    ReverseStep step = new ReverseStep(schedule, ReverseStep.Variance.FIXED_SMALL, false);
    INDArray clean = Nd4j.linspace(DataType.DOUBLE, -1, 2.0 / 11, 12).reshape(1, 2, 2, 3);
    INDArray noise = Nd4j.linspace(DataType.DOUBLE, 2, -4.0 / 11, 12).reshape(1, 2, 2, 3);
    INDArray x = clean;
    for (int t = schedule.steps() - 1; t >= 0; t--) {
      if (t == schedule.steps() - 1) {
        x = clean.mul(schedule.signal(t)).add(noise.mul(schedule.noise(t)));
      }
      INDArray guess = x.sub(clean.mul(schedule.signal(t))).div(schedule.noise(t));
      x = step.ddim(0, x, guess, noise, t);
    }
    assertThat(x.sub(clean).amaxNumber().doubleValue()).isLessThan(1e-10);
  }

  @Test
  void anAnswerOfTheWrongWidthIsRefused() {
    ReverseStep step =
        new ReverseStep(NoiseSchedule.linear(30), ReverseStep.Variance.LEARNED_RANGE, true);
    INDArray x = Nd4j.zeros(1, 2, 2, 3);
    assertThatThrownBy(() -> step.ddpm(x, x, x, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("LEARNED_RANGE expects 6");
  }
}
