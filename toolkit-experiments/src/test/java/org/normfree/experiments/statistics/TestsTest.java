package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Metric;

class TestsTest {
  private static final Gauge LINEAR = Gauge.of(Metric.number("x", "x", ""));

  private static Map<Long, Double> seeds(double... values) {
    Map<Long, Double> bySeed = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      bySeed.put(i + 1L, values[i]);
    }
    return bySeed;
  }

  @Test
  void thePairedTestIsStudentsT() {
    // differences 1, 2, 3: t = 2/(1/√3) = 3.4641 with 2 degrees of freedom: p = 0.07418
    double p = Tests.paired(LINEAR, seeds(1, 2, 3), seeds(0, 0, 0)).orElseThrow();
    assertThat(p).isEqualTo(0.0741799, within(1e-6));
    assertThat(Tests.paired(LINEAR, seeds(1, 2), seeds(0, 0))).isEmpty();
  }

  @Test
  void thePermutationTestCountsSigns() {
    // of the 8 ways to flip the signs of 1, 2, 3 two reach a sum of 6 or −6
    assertThat(Tests.permutation(LINEAR, seeds(1, 2, 3), seeds(0, 0, 0)).orElseThrow())
        .isEqualTo(0.25);
    // 1, 1, −1 reaches |1| in all ways
    assertThat(Tests.permutation(LINEAR, seeds(1, 1, -1), seeds(0, 0, 0)).orElseThrow())
        .isEqualTo(1);
  }

  @Test
  void holmMultipliesTheSmallestByTheirNumber() {
    List<Double> corrected = Tests.holm(List.of(0.01, 0.04, 0.03));
    assertThat(corrected.get(0)).isEqualTo(0.03, within(1e-12));
    assertThat(corrected.get(1)).isEqualTo(0.06, within(1e-12));
    assertThat(corrected.get(2)).isEqualTo(0.06, within(1e-12));
    assertThat(Tests.holm(List.of(0.9, 0.8))).containsExactly(1.0, 1.0);
    assertThat(Tests.holm(List.of())).isEmpty();
  }

  @Test
  void itemsThatAllAgreeLeaveNothingOpen() {
    double[] one = {100, 0, 100, 0};
    assertThat(Tests.overItems(one, one)).hasValue(new Interval(0, 0));
    assertThat(Tests.overItems(one, new double[3])).isEmpty();
    Interval open =
        Tests.overItems(new double[] {100, 0, 100, 0, 100}, new double[5]).orElseThrow();
    assertThat(open.low()).isBetween(0.0, 40.0);
    assertThat(open.high()).isBetween(80.0, 100.0);
  }
}
