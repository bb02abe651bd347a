package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.plots.MadeUpStudies.experiment;
import static org.normfree.plots.MadeUpStudies.row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Verdict;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.archive.Experiment;

class ClaimMacrosTest {
  @Test
  void claimsAndRowsHaveTheirNumbers() {
    assertThat(ClaimMacros.of(List.of(MadeUpStudies.comparison())).lines())
        .contains(
            "\\newcommand*{\\MethodComparisonClaimDytNoWorseEstimate}{1.20}",
            "\\newcommand*{\\MethodComparisonClaimDytNoWorseLow}{0.80}",
            "\\newcommand*{\\MethodComparisonClaimDytNoWorseHigh}{1.60}",
            "\\newcommand*{\\MethodComparisonClaimDytNoWorseVerdict}{confirmed}",
            "\\newcommand*{\\MethodComparisonClaimDeepnormEqualNeededN}{14}",
            "\\newcommand*{\\MethodComparisonClaimDeepnormEqualDetectable}{0.61}",
            "\\newcommand*{\\MethodComparisonTestAccuracyPreLnMean}{97.00}",
            "\\newcommand*{\\MethodComparisonTestAccuracyDytLrZeroPointZeroOneMean}{98.20}",
            "\\newcommand*{\\MethodComparisonTestAccuracyDytLrZeroPointZeroOneDifferenceLow}{0.80}",
            "\\newcommand*{\\MethodComparisonTestAccuracyDytLrZeroPointZeroOneDifferenceP}{0.0040}",
            "\\newcommand*{\\MethodComparisonTestAccuracyPostLnTrainedMean}{96.31}")
        .noneMatch(line -> line.contains("UnheardEstimate"));
  }

  @Test
  void everyNameIsOfLettersOnlyAndUnique() {
    SplittableRandom random = new SplittableRandom(3);
    List<Experiment> experiments = new ArrayList<>(MadeUpStudies.all());
    for (int i = 0; i < 200; i++) {
      Metric metric = Metric.number(RandomText.of(random), "x", "");
      List<SummaryRow> rows = new ArrayList<>();
      List<ClaimResult> claims = new ArrayList<>();
      for (int j = 0; j < 10; j++) {
        rows.add(
            row(RandomText.of(random))
                .with(RandomText.of(random), RandomText.of(random))
                .few(metric, j));
        claims.add(
            new ClaimResult(
                RandomText.of(random), "", "", "", 1.0 * j, null, 2, Verdict.INCONCLUSIVE, null));
      }
      experiments.add(
          experiment(
              "e" + i % 7,
              new Summary("e", "", null, null, List.of(), null, List.of(), List.of(), claims, rows),
              Map.of()));
    }
    Set<String> names = new HashSet<>();
    List<String> commands =
        ClaimMacros.of(experiments).lines().filter(line -> !line.startsWith("%")).toList();
    assertThat(commands).hasSizeGreaterThan(200 * 10 * 4);
    for (String command : commands) {
      assertThat(command)
          .matches("\\\\newcommand\\*\\{\\\\[A-Za-z]+\\}\\{[-a-z0-9.]+( judged)?\\}");
      assertThat(names.add(command.substring(0, command.indexOf("}{")))).as(command).isTrue();
    }
  }

  @Test
  void namesThatDifferInMarksOnlyAreToldApart() {
    Metric metric = Metric.number("m", "m", "");
    Summary summary =
        new Summary("s", List.of(row("a-b").few(metric, 1), row("a_b").few(metric, 2)));
    assertThat(ClaimMacros.of(List.of(experiment("s", summary, Map.of()))))
        .contains("\\newcommand*{\\SMABMean}{1.000}", "\\newcommand*{\\SecondOfSMABMean}{2.000}");
  }

  @Test
  void signsAndDigitsAreSpeltOut() {
    assertThat(MacroName.of(List.of("alpha0=-0.5", "1e-5", "t-5", "σ₁", "x.y")))
        .isEqualTo("AlphaZeroEqualsMinusZeroPointFiveOneEMinusFiveTFiveSigmaUTwoZeroEightOneXY");
    assertThat(MacroName.of(List.of(""))).isEqualTo("Unnamed");
  }

  @Test
  void markdownHasARowAClaim() {
    String markdown = ClaimsMarkdown.of(MadeUpStudies.all());
    assertThat(markdown.lines()).hasSize(2 + 4 + 1);
    assertThat(markdown)
        .contains(
            "| method-comparison | DeepNorm &amp; Pre-LN are equal \\<at this depth\\>. |"
                + " arXiv 2203.00555 | \\|difference\\| below 0.5 | 0.10 [−0.80, 1.00] | 5 |"
                + " inconclusive | n = 14 at this spread; n = 5 can tell 0.61 from the border |")
        .contains("| inconclusive (smoke test) | more runs |");
    assertThat(ClaimsMarkdown.of(List.of(MadeUpStudies.old())))
        .isEqualTo("No recorded experiment states a claim.\n");
  }
}
