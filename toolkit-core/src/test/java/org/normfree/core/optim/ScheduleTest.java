package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class ScheduleTest {
  @Test
  void warmUpRisesLinearlyToTheBaseRate() {
    Schedule schedule = new WarmupCosine(0.8, 0.1, 4, 12);
    assertThat(
            new double[] {schedule.rate(0), schedule.rate(1), schedule.rate(2), schedule.rate(3)})
        .containsExactly(new double[] {0.2, 0.4, 0.6, 0.8}, within(1e-15));
  }

  @Test
  void cosineFallsFromBaseThroughTheMiddleToTheMinimum() {
    Schedule schedule = new WarmupCosine(0.8, 0.1, 4, 12);
    assertThat(schedule.rate(4)).isEqualTo(0.8);
    assertThat(schedule.rate(6)).isEqualTo(0.1 + 0.35 * (1 + Math.sqrt(0.5)), within(1e-15));
    assertThat(schedule.rate(8)).isEqualTo(0.45, within(1e-15));
    assertThat(schedule.rate(12)).isEqualTo(0.1);
    assertThat(schedule.rate(1000)).isEqualTo(0.1);
  }

  @Test
  void warmUpMayBeAbsentOrAll() {
    assertThat(new WarmupCosine(1, 0, 0, 2).rate(0)).isEqualTo(1);
    assertThat(new WarmupCosine(1, 0, 2, 2).rate(1)).isEqualTo(1);
  }

  @Test
  void constantIsConstant() {
    assertThat(new Constant(0.3).rate(0)).isEqualTo(new Constant(0.3).rate(99)).isEqualTo(0.3);
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> new Constant(Double.NaN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new WarmupCosine(0.1, 0.2, 1, 2)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new WarmupCosine(-1, 0, 1, 2)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new WarmupCosine(1, 0, 3, 2)).isInstanceOf(InputException.class);
  }

  @Test
  void aCosineGoesFromOneNumberToTheOther() {
    Schedule rising = new Cosine(0.996, 1, 7);
    assertThat(rising.rate(0)).isEqualTo(0.996);
    assertThat(rising.rate(7)).isEqualTo(1);
    assertThat(rising.rate(1_000_000)).isEqualTo(1);
    assertThat(new Cosine(-2, 4, 6).rate(3)).isCloseTo(1, within(1e-12));
    assertThat(new Cosine(3, 1, 6).rate(2)).isCloseTo(2.5, within(1e-12));
  }

  @Test
  void aLineReachesBothItsEndsBeforeWhatFollowsBegins() {
    Schedule schedule = new LinearThen(1, 7, 4, new Cosine(7, 3, 2));
    assertThat(LongStream.range(0, 8).mapToDouble(schedule::rate).toArray())
        .containsExactly(new double[] {1, 3, 5, 7, 7, 5, 3, 3}, within(1e-12));
    assertThat(new LinearThen(1, 7, 1, new Constant(9)).rate(0)).isEqualTo(1);
    assertThat(new LinearThen(1, 7, 0, new Constant(9)).rate(0)).isEqualTo(9);
    assertThatThrownBy(() -> new LinearThen(1, 7, -1, new Constant(9)))
        .isInstanceOf(InputException.class);
  }

  @Test
  void aNumberPerEpochChangesWithTheEpoch() {
    Schedule schedule = new PerEpoch(epoch -> 10 + epoch, 3);
    assertThat(LongStream.range(0, 7).mapToDouble(schedule::rate).toArray())
        .containsExactly(10, 10, 10, 11, 11, 11, 12);
    assertThatThrownBy(() -> new PerEpoch(schedule, 0)).isInstanceOf(InputException.class);
  }
}
