package org.normfree.plots.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.SummaryRow;

class IntervalTest {
  @Test
  void isStudentsInterval() {
    Interval interval = Interval.of(1, 2, 3);
    assertThat(interval.mean()).isEqualTo(2, within(1e-12));
    // t(0.975, 2) = 4.302653, s/√n = 1/√3
    assertThat(interval.half()).isEqualTo(4.302653 / Math.sqrt(3), within(1e-6));
    assertThat(interval.n()).isEqualTo(3);
  }

  @Test
  void isNotKnownBelowThreeValues() {
    assertThat(Interval.of(4).known()).isFalse();
    assertThat(Interval.of(4, 6).known()).isFalse();
    assertThat(Interval.of(4, 6).mean()).isEqualTo(5);
    assertThatThrownBy(Interval::of).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsASummarysRow() {
    assertThat(Interval.of(row(null, null, 0))).isEmpty();
    assertThat(Interval.of(row(3.0, null, 1)).orElseThrow().known()).isFalse();
    assertThat(Interval.of(row(3.0, List.of(2.0, 4.0), 3)).orElseThrow())
        .isEqualTo(new Interval(3, 2, 4, 3));
    assertThat(Interval.of(row(3.0, List.of(2.0, 4.0), 2)).orElseThrow().known()).isFalse();
  }

  private static SummaryRow row(Double mean, List<Double> ci95, int n) {
    return new SummaryRow("dyt", Map.of(), "m", mean, ci95, n, List.of(), 0, null, null);
  }
}
