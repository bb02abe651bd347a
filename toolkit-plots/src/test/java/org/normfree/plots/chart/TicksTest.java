package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TicksTest {
  @Test
  void powersOfTenAreLabelledAsSuch() {
    assertThat(labels(Ticks.logarithmic(3e-5, 40, 9)))
        .containsExactly("10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹");
  }

  @Test
  void manyDecadesShareTheRoom() {
    List<String> labels = labels(Ticks.logarithmic(1e-20, 1e20, 5));
    assertThat(labels).hasSizeLessThanOrEqualTo(5).startsWith("10⁻²⁰");
  }

  @Test
  void lessThanADecadeIsLabelledInside() {
    assertThat(labels(Ticks.logarithmic(2.2, 7, 5))).isNotEmpty().doesNotContain("10⁰");
    assertThat(labels(Ticks.logarithmic(0.9, 30, 5))).containsExactly("10⁰", "10¹");
    assertThat(labels(Ticks.logarithmic(1.5, 30, 5))).containsExactly("2", "5", "10", "20");
  }

  @Test
  void decimalsAreAsManyAsTheStepNeeds() {
    assertThat(labels(Ticks.linear(-0.3, 0.3, 6)))
        .containsExactly("−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3");
    assertThat(labels(Ticks.linear(0, 1040, 5))).containsExactly("0", "500", "1000");
    assertThat(labels(Ticks.linear(1e-5, 5e-5, 2))).containsExactly("2 × 10⁻⁵", "4 × 10⁻⁵");
  }

  @RepeatedTest(60)
  void thereAreSomeMarksAndAllLieOnTheAxis(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    double low = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-12, 12));
    double high = low + random.nextDouble() * Math.pow(10, random.nextInt(-6, 12)) + 1e-9;
    int most = random.nextInt(2, 12);
    List<Tick> ticks = Ticks.linear(low, high, most);
    double room = 1e-6 * (high - low);
    assertThat(ticks).hasSizeLessThanOrEqualTo(most + 1);
    assertThat(ticks).allSatisfy(t -> assertThat(t.value()).isBetween(low - room, high + room));
    double above = Math.abs(low) + 1e-9;
    double top = above * (1.3 + Math.pow(10, random.nextInt(0, 9)));
    assertThat(Ticks.logarithmic(above, top, most))
        .isNotEmpty()
        .allSatisfy(t -> assertThat(t.value()).isBetween(above * 0.999999, top * 1.000001))
        .anySatisfy(t -> assertThat(t.label()).isNotEmpty());
  }

  private static List<String> labels(List<Tick> ticks) {
    return ticks.stream().map(Tick::label).filter(label -> !label.isEmpty()).toList();
  }
}
