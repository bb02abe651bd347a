package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.experiments.statistics.Statistics.Correlation;
import org.normfree.experiments.statistics.Statistics.Interval;

class StatisticsTest {
  @Test
  void theIntervalOfAMeanIsStudentsT() {
    // by hand: mean 2, s = 1, t(0.975, 2) = 4.302653, half width 4.302653/sqrt(3) = 2.484138
    Interval interval = Statistics.meanInterval(List.of(1.0, 2.0, 3.0)).orElseThrow();
    assertThat(interval.low()).isEqualTo(2 - 2.484138, within(1e-6));
    assertThat(interval.high()).isEqualTo(2 + 2.484138, within(1e-6));
    assertThat(Statistics.mean(List.of(1.0, 2.0, 6.0))).isEqualTo(3);
  }

  @Test
  void anIntervalOfCorrelationsStaysWithinOne() {
    Interval wide = Statistics.correlationInterval(List.of(-0.9, 0.1, 0.95)).orElseThrow();
    assertThat(wide.low()).isBetween(-1.0, -0.9);
    assertThat(wide.high()).isBetween(0.9, 1.0);
    // atanh: 0.5493, 0.5493, 0.5493 -> no spread
    Interval narrow = Statistics.correlationInterval(List.of(0.5, 0.5, 0.5)).orElseThrow();
    assertThat(narrow.low()).isEqualTo(0.5, within(1e-12));
    assertThat(narrow.high()).isEqualTo(0.5, within(1e-12));
    // by hand: z = 0, 0.2, 0.4; mean 0.2, s = 0.2, half = 4.302653 · 0.2/√3 = 0.496827
    Interval interval =
        Statistics.correlationInterval(List.of(0.0, Math.tanh(0.2), Math.tanh(0.4))).orElseThrow();
    assertThat(interval.low()).isEqualTo(Math.tanh(0.2 - 0.496827), within(1e-6));
    assertThat(interval.high()).isEqualTo(Math.tanh(0.2 + 0.496827), within(1e-6));
  }

  @Test
  void oneValueHasNoInterval() {
    assertThat(Statistics.meanInterval(List.of(1.0))).isEmpty();
    assertThatThrownBy(() -> Statistics.mean(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pearsonKeepsItsSignAndHasFishersInterval() {
    List<Double> x = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
    List<Double> y = List.of(6.0, 5.5, 4.0, 4.5, 2.0, 1.0);
    Correlation c = Statistics.pearson(x, y).orElseThrow();
    // by Python: r, and tanh(atanh(r) -+ 1.959964/sqrt(6-3))
    assertThat(c.r()).isEqualTo(-0.9514054938842341, within(1e-12));
    assertThat(c.n()).isEqualTo(6);
    Interval interval = c.interval().orElseThrow();
    assertThat(interval.low()).isEqualTo(-0.9948327050885376, within(1e-8));
    assertThat(interval.high()).isEqualTo(-0.6136852007497935, within(1e-8));
  }

  @Test
  void aConstantSideHasNoCorrelationAndAPerfectOneAPointInterval() {
    assertThat(Statistics.pearson(List.of(1.0, 1.0), List.of(1.0, 2.0))).isEmpty();
    assertThat(Statistics.pearson(List.of(1.0), List.of(1.0))).isEmpty();
    Correlation perfect =
        Statistics.pearson(List.of(1.0, 2.0, 3.0, 4.0), List.of(2.0, 4.0, 6.0, 8.0)).orElseThrow();
    assertThat(perfect.r()).isEqualTo(1.0, within(1e-12));
    assertThat(perfect.interval().orElseThrow().high()).isEqualTo(1.0, within(1e-6));
    assertThat(Statistics.pearson(List.of(1.0, 2.0, 3.0), List.of(1.0, 2.0, 4.0)))
        .hasValueSatisfying(c -> assertThat(c.interval()).isEmpty());
  }

  @Test
  void unequalLengthsAreNoPairs() {
    assertThatThrownBy(() -> Statistics.pearson(List.of(1.0), List.of(1.0, 2.0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
