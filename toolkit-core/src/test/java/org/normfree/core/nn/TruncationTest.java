package org.normfree.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conventions of truncated normal numbers. */
class TruncationTest {
  private static double[] drawn(Truncation truncation, double std) {
    return truncation.of(std).draw(new long[] {200_000}, Rng.of(3, "truncation", 0));
  }

  private static double deviation(double... values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum() / values.length);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.5, 1, 1.7})
  void theDeviationIsThatOfWhatIsDrawn(double std) {
    for (Truncation truncation : Truncation.values()) {
      double wanted = truncation.deviation(std);
      assertThat(deviation(drawn(truncation, std)))
          .as("%s", truncation)
          .isCloseTo(wanted, within(0.01 * wanted));
    }
  }

  @Test
  void bertsDeviationIsSmallerThanItSays() {
    assertThat(Truncation.DEVIATIONS.deviation(0.02)).isCloseTo(0.0175925, within(1e-7));
    assertThat(Truncation.ABSOLUTE.deviation(0.02)).isCloseTo(0.02, within(1e-12));
    assertThat(Truncation.NONE.deviation(0.02)).isEqualTo(0.02);
  }

  @Test
  void nothingLiesBeyondTheCut() {
    assertThat(Arrays.stream(drawn(Truncation.DEVIATIONS, 3)).map(Math::abs).max().orElseThrow())
        .isBetween(5.9, 6.0);
    assertThat(Arrays.stream(drawn(Truncation.ABSOLUTE, 3)).map(Math::abs).max().orElseThrow())
        .isBetween(1.9, 2.0);
  }

  @Test
  void namesAreRead() {
    assertThat(Truncation.names()).containsExactly("none", "deviations", "absolute");
    assertThat(Truncation.named("absolute")).isEqualTo(Truncation.ABSOLUTE);
  }
}
