package org.normfree.plots.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MeanCurveTest {
  @Test
  void averagesStepsThatEveryRunHas() {
    MeanCurve curve =
        MeanCurve.of(
            List.of(
                curve(Map.of(1L, 1.0, 2L, 4.0, 3L, 9.0)),
                curve(Map.of(1L, 3.0, 2L, Double.NaN, 3L, 11.0, 4L, 7.0))));
    assertThat(curve.x()).containsExactly(1, 3);
    assertThat(curve.mean()).containsExactly(2, 10);
    assertThat(curve.hasBand()).isTrue();
    assertThat(curve.low()[0]).isLessThan(2);
    assertThat(curve.high()[0]).isGreaterThan(2);
  }

  @Test
  void oneRunHasNoBand() {
    MeanCurve curve = MeanCurve.of(List.of(curve(Map.of(1L, 1.0))));
    assertThat(curve.hasBand()).isFalse();
    assertThat(curve.mean()).containsExactly(1);
    assertThat(MeanCurve.of(List.of()).isEmpty()).isTrue();
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
