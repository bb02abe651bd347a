package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
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

  @Test
  void seedsAndItemsAreDrawnOnBothSidesAlike() {
    // the score is the largest item, which is no mean; the group is better by 10 at every seed
    Map<Long, List<Double>> group =
        Map.of(1L, List.of(11.0, 12.0), 2L, List.of(13.0, 14.0), 3L, List.of(15.0, 19.0));
    Map<Long, List<Double>> baseline =
        Map.of(1L, List.of(1.0, 2.0), 2L, List.of(3.0, 4.0), 3L, List.of(5.0, 9.0));
    ToDoubleFunction<List<Double>> largest = Collections::max;
    assertThat(Tests.overSeedsAndItems(group, baseline, largest)).hasValue(new Interval(10, 10));
    Map<Long, List<Double>> flat =
        Map.of(1L, List.of(0.0, 0.0), 2L, List.of(0.0, 0.0), 3L, List.of(0.0, 0.0));
    Interval open = Tests.overSeedsAndItems(group, flat, largest).orElseThrow();
    assertThat(open.low()).isBetween(11.0, 14.0);
    assertThat(open.high()).isBetween(16.0, 19.0);
    assertThat(Tests.overSeedsAndItems(group, Map.of(1L, List.of(1.0)), largest)).isEmpty();
    assertThat(
            Tests.overSeedsAndItems(
                group, Map.of(1L, List.of(1.0), 2L, List.of(), 3L, List.of(2.0)), largest))
        .isEmpty();
  }
}
