package org.normfree.plots.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.stats.Comparison.Verdict;

class ComparisonTest {
  private static final SummaryRow BASELINE = row("pre-ln", 82.3, 97.0, 97.1, 97.2);

  @Test
  void separatedIntervalsDecide() {
    assertThat(verdict(row("fixup", 77.2, 95.0, 95.1, 95.2))).isEqualTo(Verdict.AGREES);
    assertThat(verdict(row("fixup", 77.2, 98.0, 98.1, 98.2))).isEqualTo(Verdict.DISAGREES);
    assertThat(verdict(row("dyt", 82.8, 98.0, 98.1, 98.2))).isEqualTo(Verdict.AGREES);
  }

  @Test
  void overlappingOrMissingIntervalsDoNotDecide() {
    assertThat(verdict(row("fixup", 77.2, 96.9, 97.1, 97.4))).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(row("fixup", 77.2, 50.0))).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aSeparatedIntervalDisagreesWithAPublishedTie() {
    assertThat(verdict(row("sigma-reparam", 82.3, 95.0, 95.1, 95.2))).isEqualTo(Verdict.DISAGREES);
  }

  @Test
  void aRowWithoutASurvivingRunDiverged() {
    assertThat(verdict(row("fixup", 77.2))).isEqualTo(Verdict.DIVERGED);
  }

  @Test
  void theBaselineIsLayerNormElseTanhWithLearnedAlphaElseTheFirst() {
    SummaryRow other = row("dyt", 82.5, 1, 2);
    assertThat(Comparison.of(List.of(other, BASELINE)).orElseThrow().baseline())
        .isEqualTo(BASELINE);
    SummaryRow tanh =
        new SummaryRow(
            "dyt",
            Map.of("squash", "tanh", "alpha", "learned"),
            "test_accuracy",
            1.0,
            null,
            1,
            List.of(1L),
            0,
            2.0,
            null);
    assertThat(Comparison.of(List.of(other, tanh)).orElseThrow().baseline()).isEqualTo(tanh);
    assertThat(Comparison.of(List.of(other, other)).orElseThrow().baseline()).isEqualTo(other);
  }

  @Test
  void nothingIsComparedWithoutTwoPublishedNumbers() {
    assertThat(Comparison.of(List.of(BASELINE, row("dyt", null, 1, 2)))).isEmpty();
  }

  private static Verdict verdict(SummaryRow row) {
    return Comparison.of(List.of(BASELINE, row)).orElseThrow().entries().get(0).verdict();
  }

  private static SummaryRow row(String method, Double published, double... values) {
    List<Double> ci95 = null;
    Double mean = null;
    if (values.length > 0) {
      Interval interval = Interval.of(values);
      mean = interval.mean();
      ci95 = interval.known() ? List.of(interval.low(), interval.high()) : null;
    }
    List<Long> seeds = new ArrayList<>(List.of(1L));
    return new SummaryRow(
        method, Map.of(), "test_accuracy", mean, ci95, values.length, seeds, 0, published, "x");
  }
}
