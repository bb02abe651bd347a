package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScoreMatrixTest {
  private static final ScoreMatrix MATRIX =
      new ScoreMatrix(
          Map.of(
              "a", List.of(new double[] {1, 2, 3, 4}, new double[] {5, 6, 7, 8}),
              "b", List.of(new double[] {0, 0, 0, 0}, new double[] {5, 6, 7, 8}),
              "few", List.of(new double[] {1, 2}, new double[] {3, 4})));

  @Test
  void theMiddleHalfIsAveraged() {
    assertThat(MATRIX.interquartileMean("a").value())
        .isCloseTo((3 + 4 + 5 + 6) / 4.0, within(1e-12));
    // of four runs the middle two
    assertThat(MATRIX.interquartileMean("few").value()).isCloseTo(2.5, within(1e-12));
    assertThat(MATRIX.interquartileMean("few").interval()).isEmpty();
  }

  @Test
  void improvementIsAveragedOverTasksWithTiesAsHalves() {
    // always better on the first task; 6 of 16 pairs better and 4 equal on the second
    assertThat(MATRIX.improvement("a", "b").value())
        .isCloseTo(100 * (1 + (6 + 2) / 16.0) / 2, within(1e-12));
    assertThat(MATRIX.improvement("a", "a").value()).isCloseTo(50, within(1e-12));
  }

  @Test
  void aProfileFallsFromAllToNone() {
    assertThat(MATRIX.profile("a", -1).value()).isEqualTo(100);
    assertThat(MATRIX.profile("a", 4).value()).isEqualTo(50);
    assertThat(MATRIX.profile("a", 8).value()).isZero();
  }

  /** Of matrices whose truth is known, nine in ten intervals at least hold it. */
  @Test
  void intervalsHoldTheTruthAboutAsOftenAsTheySay() {
    SplittableRandom random = new SplittableRandom(3);
    int held = 0;
    for (int i = 0; i < 100; i++) {
      double[] one = random.doubles(20).toArray();
      double[] two = random.doubles(20).toArray();
      Estimate mean = new ScoreMatrix(Map.of("a", List.of(one, two))).interquartileMean("a");
      if (mean.interval().orElseThrow().contains(0.5)) {
        held++;
      }
    }
    assertThat(held).isGreaterThanOrEqualTo(88);
  }
}
