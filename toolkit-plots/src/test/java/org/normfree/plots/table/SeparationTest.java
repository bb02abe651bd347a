package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.plots.MadeUpStudies.ACCURACY;
import static org.normfree.plots.MadeUpStudies.LOSS;
import static org.normfree.plots.MadeUpStudies.row;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Difference;
import org.normfree.core.record.Metric;
import org.normfree.core.record.SummaryRow;

class SeparationTest {
  private static final SummaryRow BASELINE = row("base").of(ACCURACY, 90.0, 89.0, 91.0).row();

  @Test
  void theBestIsBestOnlyIfItIsToldApart() {
    SummaryRow apart = row("a").of(ACCURACY, 92.0, 91.0, 93.0).differs(2, 1, 3, 0.01).row();
    SummaryRow alike = row("a").of(ACCURACY, 92.0, 91.0, 93.0).differs(2, 1, 3, 0.06).row();
    assertThat(Separation.best(ACCURACY, List.of(BASELINE, apart))).containsExactly(apart);
    assertThat(Separation.best(ACCURACY, List.of(BASELINE, alike))).isEmpty();
  }

  @Test
  void whatCannotBeToldFromTheBestIsBestToo() {
    SummaryRow first = row("a").of(ACCURACY, 95.0, 94.0, 96.0).differs(5, 4, 6, 0.001).row();
    SummaryRow second = row("b").of(ACCURACY, 94.0, 93.0, 95.0).differs(4, 3, 5, 0.001).row();
    SummaryRow third = row("c").of(ACCURACY, 92.0, 91.0, 93.0).differs(2, 1, 3, 0.01).row();
    assertThat(Separation.best(ACCURACY, List.of(third, second, BASELINE, first)))
        .containsExactlyInAnyOrder(first, second);
  }

  @Test
  void theBaselineIsBestIfEveryOtherIsToldApartFromIt() {
    SummaryRow worse = row("a").of(ACCURACY, 80.0, 79.0, 81.0).differs(-10, -11, -9, 0.001).row();
    SummaryRow unclear = row("b").of(ACCURACY, 89.0, 70.0, 91.0).differs(-1, -20, 1, 0.5).row();
    assertThat(Separation.best(ACCURACY, List.of(BASELINE, worse))).containsExactly(BASELINE);
    assertThat(Separation.best(ACCURACY, List.of(BASELINE, worse, unclear))).isEmpty();
  }

  @Test
  void aSmallLossIsBetterAndADescribingNumberNever() {
    SummaryRow base = row("base").of(LOSS, 2.0, 1.9, 2.1).row();
    SummaryRow low = row("a").of(LOSS, 1.0, 0.9, 1.1).differs(-1, -1.1, -0.9, 0.001).row();
    SummaryRow high = row("b").of(LOSS, 3.0, 2.9, 3.1).differs(1, 0.9, 1.1, 0.001).row();
    assertThat(Separation.best(LOSS, List.of(base, low, high))).containsExactly(low);
    Metric size = Metric.size(LOSS.name(), "size", "");
    assertThat(Separation.best(size, List.of(base, low, high))).isEmpty();
  }

  @Test
  void withoutAnyPTheIntervalDecides() {
    assertThat(Separation.of(new Difference(2.0, List.of(1.0, 3.0), 4, null, null, null, null)))
        .isEqualTo(1);
    assertThat(Separation.of(new Difference(-2.0, List.of(-3.0, -1.0), 4, null, null, null, null)))
        .isEqualTo(-1);
    assertThat(Separation.of(new Difference(2.0, List.of(-1.0, 5.0), 4, null, null, null, null)))
        .isZero();
    assertThat(Separation.of(new Difference(2.0, null, 2, null, null, null, null))).isZero();
    assertThat(Separation.of(null)).isZero();
  }

  @Test
  void aRowAloneIsNotTheBest() {
    assertThat(Separation.best(ACCURACY, List.of(BASELINE))).isEmpty();
    SummaryRow old =
        new SummaryRow("x", Map.of(), "test_accuracy", 99.0, null, 1, List.of(), 0, null, null);
    assertThat(Separation.best(ACCURACY, List.of(BASELINE, old))).isEmpty();
  }
}
