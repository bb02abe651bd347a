package org.normfree.experiments.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.TestItems;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.sweep.TrialResult;

class SummariesTest {
  private static TrialResult result(
      String method, String alpha, long seed, String phase, Outcome outcome) {
    Trial trial = new Trial("dyt-squash", method, Map.of("alpha", alpha), seed, phase);
    return new TrialResult(method + alpha + seed, trial, outcome);
  }

  private static Outcome accuracy(double value) {
    return Outcome.done(Map.of("test_accuracy", value));
  }

  private static final Outcome DIVERGED =
      Outcome.diverged(3, Map.of(Outcome.CHANCE + "test_accuracy", 10.0));

  private static final List<TrialResult> RESULTS =
      List.of(
          result("dyt", "learned", 1, Trial.SEARCH, accuracy(10)),
          result("dyt", "learned", 1, Trial.FINAL, accuracy(96)),
          result("dyt-no-alpha", "none", 1, Trial.FINAL, accuracy(94)),
          result("dyt", "learned", 2, Trial.FINAL, accuracy(97)),
          result("dyt-no-alpha", "none", 2, Trial.FINAL, accuracy(95.5)),
          result("dyt", "learned", 3, Trial.FINAL, accuracy(98)),
          result("dyt-no-alpha", "none", 3, Trial.FINAL, accuracy(97.5)),
          result("identity", "learned", 1, Trial.FINAL, DIVERGED),
          result("identity", "learned", 2, Trial.FINAL, accuracy(60)),
          result("identity", "learned", 3, Trial.FINAL, Outcome.failed(new RuntimeException("x"))));

  private static final Published TABLES =
      Published.table(8, "ViT-B").or(Published.table(7, "ViT-B"));

  private static final Design DESIGN =
      Design.of("Does α help?", Metric.percent("test_accuracy", "test accuracy"))
          .against(new Baseline("dyt", Map.of("alpha", "learned")))
          .over(Axis.variant("alpha", "α"))
          .trainedFrom("test_accuracy", 50)
          .beside((metric, row) -> TABLES.find(row.method()));

  private static Summary summary(List<TrialResult> results) {
    return Summaries.of(
        "dyt-squash", DESIGN, Runs.of(results), run -> Optional.empty(), Occasion.BY_HAND);
  }

  private static final List<SummaryRow> ROWS = summary(RESULTS).rows();

  @Test
  void rowsAreMethodsAndSettingsOverTheirFinalRuns() {
    assertThat(ROWS)
        .extracting(SummaryRow::method)
        .containsExactly("dyt", "dyt-no-alpha", "identity");
    SummaryRow dyt = ROWS.get(0);
    assertThat(dyt.n()).isEqualTo(3);
    assertThat(dyt.seeds()).containsExactly(1L, 2L, 3L);
    assertThat(dyt.values()).containsExactly(96.0, 97.0, 98.0);
    assertThat(dyt.mean()).isCloseTo(97.1, within(0.1));
    assertThat(dyt.ci95().get(0)).isBetween(90.0, 96.0);
    assertThat(dyt.ci95().get(1)).isBetween(98.0, 100.0);
    assertThat(dyt.difference()).as("the baseline itself").isNull();
    assertThat(dyt.trained()).as("all trained").isNull();
  }

  @Test
  void aDivergedRunCountsAtChanceAndAFailedOneNot() {
    SummaryRow identity = ROWS.get(2);
    assertThat(identity.values()).containsExactly(10.0, 60.0, null);
    assertThat(identity.n()).isEqualTo(2);
    assertThat(identity.ci95()).isNull();
    assertThat(identity.diverged()).isEqualTo(2);
    assertThat(identity.trained().trained()).isEqualTo(1);
    assertThat(identity.trained().of()).isEqualTo(3);
    assertThat(identity.trained().mean()).isCloseTo(60, within(1e-9));
  }

  @Test
  void rowsAreComparedWithTheDeclaredBaselineBySeed() {
    SummaryRow without = ROWS.get(1);
    assertThat(without.difference().n()).isEqualTo(3);
    assertThat(without.difference().estimate()).isNegative();
    assertThat(without.difference().interval()).hasSize(2);
    assertThat(without.difference().pHolm())
        .as("one comparison of three pairs")
        .isEqualTo(without.difference().p());
    assertThat(without.difference().pPermutation()).isEqualTo(0.25);
    assertThat(ROWS.get(2).difference().interval()).as("two pairs").isNull();
  }

  @Test
  void theNoiseOfTheTestSetStandsBesideTheDifference() {
    double[] right = {100, 100, 0, 100};
    double[] less = {100, 0, 0, 100};
    Summary summary =
        Summaries.of(
            "dyt-squash",
            DESIGN,
            Runs.of(RESULTS),
            run ->
                Optional.of(
                    new TestItems(
                        Map.of("test_accuracy", run.trial().method().equals("dyt") ? right : less),
                        List::of)),
            Occasion.BY_HAND);
    List<Double> items = summary.rows().get(1).difference().items();
    assertThat(items.get(0)).isBetween(-100.0, -25.0);
    assertThat(items.get(1)).isEqualTo(0);
  }

  @Test
  void publishedNumbersStandBesideTheirRowWithTheirSource() {
    assertThat(ROWS).extracting(SummaryRow::published).containsExactly(82.5, 81.1, 61.0);
    assertThat(ROWS.get(0).source()).isEqualTo("arXiv 2503.10622, table 8, ViT-B");
    assertThat(ROWS.get(2).source()).isEqualTo("arXiv 2503.10622, table 7, ViT-B (then failed)");
  }

  @Test
  void theMethodComparisonFindsEveryColumnOfTable9() {
    Published table = Published.table(9, "ViT-B");
    assertThat(List.of("pre-ln", "fixup", "skipinit", "sigma-reparam", "dyt"))
        .extracting(method -> table.find(method).orElseThrow().value())
        .containsExactly(82.3, 77.2, 74.1, 82.5, 82.8);
    assertThat(table.find("rezero")).isEmpty();
    assertThat(Published.all().entries()).hasSize(55);
  }

  @Test
  void aNumberOutsideOfTablesSaysWhereItStands() {
    assertThat(Published.model("GPT-2 124M").find("derf").orElseThrow().source())
        .isEqualTo("arXiv 2512.10938, GPT-2 124M (validation loss, README of the paper's code)");
    assertThat(Published.model("LLaMA 7B").find("dyt").orElseThrow().value()).isEqualTo(1.60);
  }

  @Test
  void theTextTableIsAlignedAndLeavesOutEmptyColumns() {
    Summary plain =
        new Summary(
            "x",
            List.of(
                new SummaryRow("dyt", Map.of(), "r", -0.5, null, 1, List.of(1L), 0, null, null)));
    assertThat(SummaryTable.text(plain))
        .isEqualTo("method  metric  mean     n\ndyt     r       -0.5000  1\n");
  }
}
