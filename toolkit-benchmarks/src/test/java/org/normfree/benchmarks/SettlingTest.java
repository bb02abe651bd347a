package org.normfree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SettlingTest {
  /** Rounds until times have settled; at most 1000. */
  private static int rounds(IntToDoubleFunction time) {
    List<Double> times = new ArrayList<>();
    while (!Settling.settled(times) && times.size() < 1000) {
      times.add(time.applyAsDouble(times.size()));
    }
    return times.size();
  }

  @Test
  void equalTimesSettleAsSoonAsItCanBeTold() {
    assertThat(rounds(round -> 5)).isEqualTo(2 * Settling.WINDOW);
  }

  @Test
  void timesThatFallDoNot() {
    assertThat(rounds(round -> 100 * Math.pow(0.99, round))).isEqualTo(1000);
  }

  @Test
  void aFallThatEndsIsWaitedFor() {
    assertThat(rounds(round -> round < 25 ? 100 - 2 * round : 50)).isBetween(30, 25 + 16);
  }

  @Test
  void noiseAndSingleSlowRoundsDoNotKeepThemFromIt() {
    SplittableRandom random = new SplittableRandom(1);
    assertThat(rounds(round -> round % 7 == 3 ? 40 : 10 + 0.2 * random.nextDouble()))
        .isLessThan(4 * Settling.WINDOW);
  }
}
