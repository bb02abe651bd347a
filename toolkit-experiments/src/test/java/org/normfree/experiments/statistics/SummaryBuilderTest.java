package org.normfree.experiments.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.sweep.TrialResult;

class SummaryBuilderTest {
  private static TrialResult result(
      String method, String alpha, long seed, String phase, Outcome outcome) {
    Trial trial = new Trial("dyt-squash", method, Map.of("alpha", alpha), seed, phase);
    return new TrialResult(method + alpha + seed, trial, outcome);
  }

  private static Outcome accuracy(double value) {
    return Outcome.done(Map.of("test_accuracy", value));
  }

  private static final List<TrialResult> RESULTS =
      List.of(
          result("dyt", "learned", 1, Trial.SEARCH, accuracy(10)),
          result("dyt", "learned", 1, Trial.FINAL, accuracy(96)),
          result("dyt-no-alpha", "none", 1, Trial.FINAL, accuracy(95)),
          result("dyt", "learned", 2, Trial.FINAL, accuracy(98)),
          result("identity", "learned", 1, Trial.FINAL, Outcome.diverged(3, Map.of("x", 1.0))),
          result("identity", "learned", 2, Trial.FINAL, Outcome.failed(new RuntimeException("x"))));

  private static final Summary SUMMARY =
      new SummaryBuilder("dyt-squash")
          .runs(
              RESULTS, "test_accuracy", Published.table(8, "ViT-B").or(Published.table(7, "ViT-B")))
          .build();

  @Test
  void rowsAreMethodsAndSettingsOverTheirFinalRuns() {
    assertThat(SUMMARY.rows())
        .extracting(SummaryRow::method, row -> row.setting().get("alpha"), SummaryRow::mean)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("dyt", "learned", 97.0),
            org.assertj.core.groups.Tuple.tuple("dyt-no-alpha", "none", 95.0),
            org.assertj.core.groups.Tuple.tuple("identity", "learned", null));
    SummaryRow first = SUMMARY.rows().get(0);
    assertThat(first.n()).isEqualTo(2);
    assertThat(first.seeds()).containsExactly(1L, 2L);
    assertThat(first.ci95().get(0)).isLessThan(97).isGreaterThan(80);
    assertThat(SUMMARY.rows().get(1).ci95()).isNull();
  }

  @Test
  void divergedAndFailedRunsAreCountedAndKeepTheirSeeds() {
    SummaryRow identity = SUMMARY.rows().get(2);
    assertThat(identity.n()).isZero();
    assertThat(identity.diverged()).isEqualTo(2);
    assertThat(identity.seeds()).containsExactly(1L, 2L);
  }

  @Test
  void publishedNumbersStandBesideTheirRowWithTheirSource() {
    assertThat(SUMMARY.rows()).extracting(SummaryRow::published).containsExactly(82.5, 81.1, 61.0);
    assertThat(SUMMARY.rows().get(0).source()).isEqualTo("arXiv 2503.10622, table 8, ViT-B");
    assertThat(SUMMARY.rows().get(2).source())
        .isEqualTo("arXiv 2503.10622, table 7, ViT-B (then failed)");
  }

  @Test
  void theMethodComparisonFindsEveryColumnOfTable9() {
    Published table = Published.table(9, "ViT-B");
    assertThat(List.of("pre-ln", "fixup", "skipinit", "sigma-reparam", "dyt"))
        .extracting(method -> table.find(method).orElseThrow().value())
        .containsExactly(82.3, 77.2, 74.1, 82.5, 82.8);
    assertThat(table.find("rezero")).isEmpty();
    assertThat(Published.all().entries()).hasSize(47);
  }

  @Test
  void aNumberOutsideOfTablesSaysWhereItStands() {
    assertThat(Published.model("GPT-2 124M").find("derf").orElseThrow().source())
        .isEqualTo("arXiv 2512.10938, GPT-2 124M (validation loss, README of the paper's code)");
    assertThat(Published.model("LLaMA 7B").find("dyt").orElseThrow().value()).isEqualTo(1.60);
  }

  @Test
  void theTextTableIsAlignedAndLeavesOutEmptyColumns() {
    assertThat(SummaryTable.text(SUMMARY).lines())
        .containsExactly(
            "method        setting        metric         mean   95 % interval    n  diverged  published",
            "dyt           alpha=learned  test_accuracy  97.00  [84.29, 109.71]  2            82.50",
            "dyt-no-alpha  alpha=none     test_accuracy  95.00                   1            81.10",
            "identity      alpha=learned  test_accuracy  -                       0  2         61.00");
    Summary plain =
        new Summary(
            "x",
            List.of(
                new SummaryRow("dyt", Map.of(), "r", -0.5, null, 1, List.of(1L), 0, null, null)));
    assertThat(SummaryTable.text(plain))
        .isEqualTo("method  metric  mean     n\ndyt     r       -0.5000  1\n");
  }
}
