package org.normfree.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
  private static double[] draw(Initializer initializer, long... shape) {
    return initializer.draw(shape, Rng.of(7, "weight", 0));
  }

  private static void assertDeviation(Initializer initializer, double expected, long... shape) {
    double[] values = draw(initializer, shape);
    double square = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
    double percent = 100 * 4 / Math.sqrt(2.0 * values.length);
    assertThat(Math.sqrt(square))
        .as(Arrays.toString(shape))
        .isCloseTo(expected, withinPercentage(percent));
  }

  @ParameterizedTest
  @CsvSource({
    "11, 7, 1, 1, 11, 7",
    "11, 7, 3, 1, 33, 21",
    "5, 12, 3, 5, 75, 180",
    // depthwise: one channel in a group, all channels out, as PyTorch counts
    "1, 64, 7, 7, 49, 3136"
  })
  void fansCountTheWindow(long in, long out, long kH, long kW, long fanIn, long fanOut) {
    long[] shape = {kH, kW, in, out};
    assertThat(Initializer.Fan.IN.of(shape)).isEqualTo(fanIn);
    assertThat(Initializer.Fan.OUT.of(shape)).isEqualTo(fanOut);
    assertThat(Initializer.Fan.IN.of(kH * kW, in, out)).isEqualTo(fanIn);
    assertThat(Initializer.Fan.OUT.of(kH * kW, in, out)).isEqualTo(fanOut);
  }

  @Test
  void xavierOfAConvolutionIsThatOfItsFans() {
    long[] shape = {3, 5, 16, 48};
    double deviation = Math.sqrt(2.0 / (15 * 16 + 15 * 48));
    assertDeviation(Initializer.xavierNormal(1), deviation, shape);
    assertDeviation(Initializer.xavierUniform(1), deviation, shape);
    assertDeviation(Initializer.xavierUniform(0.5), deviation / 2, shape);
    double largest =
        Arrays.stream(draw(Initializer.xavierUniform(1), shape)).map(Math::abs).max().orElseThrow();
    assertThat(largest).isLessThanOrEqualTo(deviation * Math.sqrt(3));
    assertDeviation(Initializer.xavierNormal(1), Math.sqrt(2.0 / (7 * 20 + 7 * 36)), 7, 20, 36);
  }

  /** The numbers of a matrix do not depend on there being windows. */
  @Test
  void xavierOfAMatrixIsWhatItWas() {
    double[] uniform = draw(Initializer.xavierUniform(1), 13, 7);
    Rng rng = Rng.of(7, "weight", 0);
    double bound = Math.sqrt(3) * Math.sqrt(2.0 / 20);
    assertThat(uniform).hasSize(91);
    for (double value : uniform) {
      assertThat(value).isEqualTo(bound * (2 * rng.uniform() - 1));
    }
    Rng again = Rng.of(7, "weight", 0);
    for (double value : draw(Initializer.xavierNormal(1), 13, 7)) {
      assertThat(value).isEqualTo(Math.sqrt(2.0 / 20) * again.gaussian());
    }
  }

  @Test
  void kaimingIsByOneFan() {
    double gain = Math.sqrt(2);
    assertDeviation(
        Initializer.kaimingNormal(Initializer.Fan.OUT, gain),
        Math.sqrt(2.0 / (9 * 64)),
        3,
        3,
        16,
        64);
    assertDeviation(
        Initializer.kaimingNormal(Initializer.Fan.IN, gain),
        Math.sqrt(2.0 / (10 * 17)),
        10,
        17,
        97);
    assertDeviation(Initializer.kaimingUniform(Initializer.Fan.IN, 1), 1 / 12.0, 9, 16, 31);
  }

  @Test
  void pytorchsDefaultIsUniformByFanIn() {
    double bound = 1 / Math.sqrt(3.0 * 3 * 5);
    double[] values = draw(Initializer.pytorchDefault(), 3, 3, 5, 200);
    double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    assertThat(largest).isLessThanOrEqualTo(bound).isCloseTo(bound, within(bound / 100));
    assertDeviation(Initializer.pytorchDefault(), bound / Math.sqrt(3), 3, 3, 5, 200);
    assertDeviation(Initializer.uniform(0.3), 0.3 / Math.sqrt(3), 1000);
  }
}
