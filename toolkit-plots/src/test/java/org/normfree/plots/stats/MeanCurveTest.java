package org.normfree.plots.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Metric;

class MeanCurveTest {
  private static final Metric PLAIN = Metric.number("value", "value", "");

  @Test
  void averagesStepsThatEveryRunHas() {
    MeanCurve curve =
        MeanCurve.of(
            List.of(
                curve(Map.of(1L, 1.0, 2L, 4.0, 3L, 9.0)),
                curve(Map.of(1L, 2.0, 2L, 4.0, 3L, 10.0)),
                curve(Map.of(1L, 3.0, 2L, Double.NaN, 3L, 11.0, 4L, 7.0))),
            PLAIN);
    assertThat(curve.x()).containsExactly(1, 3);
    assertThat(curve.mean()).containsExactly(2, 10);
    assertThat(curve.hasBand()).isTrue();
    assertThat(curve.low()[0]).isLessThan(2);
    assertThat(curve.high()[0]).isGreaterThan(2);
  }

  @Test
  void twoRunsHaveNoBand() {
    MeanCurve curve = MeanCurve.of(List.of(curve(Map.of(1L, 1.0)), curve(Map.of(1L, 3.0))), PLAIN);
    assertThat(curve.hasBand()).isFalse();
    assertThat(curve.mean()).containsExactly(2);
    assertThat(MeanCurve.of(List.of(), PLAIN).isEmpty()).isTrue();
  }

  @Test
  void meansAndBandsAreTakenOnTheScaleOfTheMetric() {
    MeanCurve sizes = three(Metric.size("size", "size", ""), 1, 10, 100);
    assertThat(sizes.mean()[0]).isCloseTo(10, within(1e-9));
    assertThat(sizes.low()[0] * sizes.high()[0]).isCloseTo(100, within(1e-6));
    MeanCurve shares = three(Metric.percent("share", "share"), 97, 99, 99.9);
    assertThat(shares.high()[0]).isBetween(99.0, 100.0);
    MeanCurve atTheEnd = three(Metric.percent("share", "share"), 97, 100, 100);
    assertThat(atTheEnd.mean()[0]).isCloseTo(99, within(1e-9));
    assertThat(atTheEnd.high()[0]).isEqualTo(100);
    MeanCurve correlations = three(Metric.correlation("r", "r"), 0.9, 0.99, 0.2);
    assertThat(correlations.low()[0]).isGreaterThan(-1);
    assertThat(correlations.high()[0]).isLessThan(1);
  }

  private static MeanCurve three(Metric metric, double a, double b, double c) {
    return MeanCurve.of(
        List.of(curve(Map.of(0L, a)), curve(Map.of(0L, b)), curve(Map.of(0L, c))), metric);
  }

  @Test
  void thinningAveragesStretchesAndKeepsTheLastStep() {
    NavigableMap<Long, Double> long7 = new TreeMap<>();
    for (long step = 1; step <= 7; step++) {
      long7.put(step, (double) step);
    }
    assertThat(MeanCurve.thinned(long7, 3))
        .containsExactly(Map.entry(3L, 2.0), Map.entry(6L, 5.0), Map.entry(7L, 7.0));
    assertThat(MeanCurve.thinned(long7, 7)).isEqualTo(long7);
  }

  private static NavigableMap<Long, Double> curve(Map<Long, Double> values) {
    return new TreeMap<>(values);
  }
}
