package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Metric;

class EstimatesTest {
  private static final Gauge LINEAR = Gauge.of(Metric.number("x", "x", ""));
  private static final Gauge LOG = Gauge.of(Metric.loss("x", "x", ""));
  private static final Gauge PERCENT = Gauge.of(Metric.percent("x", "x"));
  private static final Gauge CORRELATION = Gauge.of(Metric.correlation("x", "x"));

  @Test
  void theIntervalOfAMeanIsStudentsT() {
    // by hand: mean 2, s = 1, t(0.975, 2) = 4.302653, half width 4.302653/sqrt(3) = 2.484138
    Estimate mean = Estimates.mean(LINEAR, List.of(1.0, 2.0, 3.0)).orElseThrow();
    assertThat(mean.value()).isEqualTo(2);
    Interval interval = mean.interval().orElseThrow();
    assertThat(interval.low()).isEqualTo(2 - 2.484138, within(1e-6));
    assertThat(interval.high()).isEqualTo(2 + 2.484138, within(1e-6));
  }

  @Test
  void aCorrelationIsAveragedOnFishersZ() {
    // by hand: z = 0, 0.2, 0.4; mean 0.2, s = 0.2, half = 4.302653 · 0.2/√3 = 0.496827
    Estimate mean =
        Estimates.mean(CORRELATION, List.of(0.0, Math.tanh(0.2), Math.tanh(0.4))).orElseThrow();
    assertThat(mean.value()).isEqualTo(Math.tanh(0.2), within(1e-12));
    Interval interval = mean.interval().orElseThrow();
    assertThat(interval.low()).isEqualTo(Math.tanh(0.2 - 0.496827), within(1e-6));
    assertThat(interval.high()).isEqualTo(Math.tanh(0.2 + 0.496827), within(1e-6));
    assertThat(Estimates.mean(CORRELATION, List.of(1.0, -1.0))).as("r of ±1").isEmpty();
  }

  @Test
  void lossesAreAveragedAsLogarithms() {
    // by hand: ln 1, ln e, ln e²; mean e; half = 4.302653/√3 = 2.484138
    Estimate mean = Estimates.mean(LOG, List.of(1.0, Math.E, Math.E * Math.E)).orElseThrow();
    assertThat(mean.value()).isEqualTo(Math.E, within(1e-12));
    assertThat(mean.interval().orElseThrow().low()).isEqualTo(Math.exp(1 - 2.484138), within(1e-5));
  }

  @Test
  void belowThreeRunsThereIsNoInterval() {
    assertThat(Estimates.mean(LINEAR, List.of(1.0, 2.0)).orElseThrow().interval()).isEmpty();
    assertThat(Estimates.share(2, 2).interval()).isEmpty();
    assertThat(Estimates.mean(LINEAR, List.of())).isEmpty();
  }

  /** Whatever the values, an interval stays where values can be and has the mean in it. */
  @Test
  void noIntervalLeavesTheRange() {
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < 2000; i++) {
      int n = random.nextInt(3, 12);
      List<Double> shares = new ArrayList<>();
      List<Double> losses = new ArrayList<>();
      List<Double> correlations = new ArrayList<>();
      for (int j = 0; j < n; j++) {
        double u = random.nextDouble();
        shares.add(100 * (random.nextInt(4) == 0 ? Math.rint(u) : u));
        losses.add(Math.exp(20 * (u - 0.5)));
        correlations.add(2 * u - 1);
      }
      inRange(Estimates.mean(PERCENT, shares).orElseThrow(), 0, 100);
      inRange(Estimates.mean(LOG, losses).orElseThrow(), 0, Double.POSITIVE_INFINITY);
      inRange(Estimates.mean(CORRELATION, correlations).orElseThrow(), -1, 1);
      int hits = random.nextInt(n + 1);
      inRange(Estimates.share(hits, n), 0, 100);
      inRange(Estimates.shareDifference(hits, n, random.nextInt(n + 1), n), -100, 100);
    }
  }

  private static void inRange(Estimate estimate, double low, double high) {
    Interval interval = estimate.interval().orElseThrow();
    assertThat(interval.low()).isBetween(low, estimate.value() + 1e-9);
    assertThat(interval.high()).isBetween(estimate.value() - 1e-9, high);
  }

  @Test
  void differencesArePairedBySeed() {
    Map<Long, Double> a = Map.of(1L, 11.0, 2L, 22.0, 3L, 33.0, 9L, 1000.0);
    Map<Long, Double> b = Map.of(1L, 10.0, 2L, 20.0, 3L, 30.0, 8L, -1000.0);
    Estimate difference = Estimates.difference(LINEAR, a, b).orElseThrow();
    assertThat(difference.value()).isEqualTo(2, within(1e-12));
    assertThat(difference.n()).isEqualTo(3);
    assertThat(difference.interval().orElseThrow().low()).isEqualTo(2 - 2.484138, within(1e-5));
  }

  @Test
  void aDifferenceOfLossesIsToldAtTheBaselinesLevel() {
    Map<Long, Double> a = Map.of(1L, 2.0, 2L, 4.0, 3L, 8.0);
    Map<Long, Double> b = Map.of(1L, 1.0, 2L, 2.0, 3L, 4.0);
    Estimate difference = Estimates.difference(LOG, a, b).orElseThrow();
    // twice as large everywhere, at a baseline of 2
    assertThat(difference.value()).isEqualTo(2, within(1e-9));
  }

  @Test
  void sharesHaveTheIntervalsOfClopperPearsonAndWilson() {
    // by R: binom.test(3, 3)$conf.int = 0.2924 to 1; Wilson 0.4385 to 1
    assertThat(Estimates.share(3, 3).interval().orElseThrow().low())
        .isEqualTo(29.24018, within(1e-3));
    assertThat(Estimates.wilson(3, 3).orElseThrow().low()).isEqualTo(43.8503, within(1e-3));
    assertThat(Estimates.wilson(2, 2)).isEmpty();
  }

  @Test
  void aLogitScaleNeedsBothEnds() {
    Metric open =
        new Metric(
            "x",
            "x",
            "",
            org.normfree.core.record.Better.HIGHER,
            org.normfree.core.record.Scale.LOGIT,
            0.0,
            null);
    assertThatThrownBy(() -> Gauge.of(open)).hasMessageContaining("metric x");
  }
}
