package org.normfree.plots.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;

class TableFormatTest {
  private static final Experiment EXPERIMENT =
      experiment(
          row("dyt", "learned", 97.8, List.of(97.14, 98.46), 3, 0, 82.5, "table 8"),
          row("my_|method", "none", null, null, 0, 3, 61.0, "table 8"),
          row("identity", "none", 12.3456, null, 1, 2, null, null));

  @Test
  void latexIsATableWithBooktabsRules() {
    assertThat(TableFormat.latex(ResultTable.of(EXPERIMENT)))
        .isEqualTo(
            """
            % needs \\usepackage{booktabs}
            \\begin{table}
              \\centering
              \\caption{Results of dyt-squash}
              \\label{tab:dyt-squash}
              \\begin{tabular}{lllrrr}
                \\toprule
                method & $\\alpha$ & test accuracy (\\%) & n & diverged & published \\\\
                \\midrule
                DyT & learned & 97.80 $\\pm$ 0.66 & 3 & 0 & 82.5 \\\\
                my\\_\\textbar{}method & none & diverged & 0 & 3 & 61.0 \\\\
                identity & none & 12.35 & 1 & 2 & -- \\\\
                \\bottomrule
              \\end{tabular}

              \\smallskip\\footnotesize Mean $\\pm$ half the 95 \\% confidence interval (Student's t; of correlations on Fisher's z, as [low, high]) \
            over the n runs that ended; diverged: runs that diverged or failed.

              \\smallskip\\footnotesize Published: table 8.
            \\end{table}
            """);
  }

  @Test
  void markdownIsAPipeTable() {
    assertThat(TableFormat.markdown(ResultTable.of(EXPERIMENT)))
        .startsWith(
            """
            | method | α | test accuracy (%) | n | diverged | published |
            | --- | --- | --- | ---: | ---: | ---: |
            | DyT | learned | 97.80 ± 0.66 | 3 | 0 | 82.5 |
            | my_\\|method | none | diverged | 0 | 3 | 61.0 |
            | identity | none | 12.35 | 1 | 2 | – |

            Mean ± half""");
  }

  @Test
  void anIntervalThatIsNotSymmetricIsGivenByItsEnds() {
    Experiment correlations =
        experiment(row("dyt", "learned", 0.318, List.of(-0.215, 0.701), 3, 0, null, null));
    assertThat(TableFormat.markdown(ResultTable.of(correlations)))
        .contains("| DyT | learned | 0.32 [−0.22, 0.70] | 3 | 0 |");
  }

  @Test
  void csvHasEveryNumberInFull() {
    assertThat(TableFormat.csv(EXPERIMENT))
        .isEqualTo(
            """
            method,alpha,metric,mean,ci95_low,ci95_high,n,diverged,seeds,published,source
            dyt,learned,test_accuracy,97.8,97.14,98.46,3,0,1 2 3,82.5,table 8
            my_|method,none,test_accuracy,diverged,,,0,3,1 2 3,61.0,table 8
            identity,none,test_accuracy,12.3456,,,1,2,1 2 3,,
            """);
  }

  @Test
  void csvQuotesWhatNeedsIt() {
    assertThat(TableFormat.csv(experiment(row("a,b", "\"x\"", 1.0, null, 1, 0, null, null))))
        .contains("\"a,b\",\"\"\"x\"\"\",test_accuracy");
  }

  @Test
  void latexEscapesEverySpecialCharacter() {
    assertThat(TableFormat.latex("\\ { } $ & # % _ ^ ~ < > | \" α₀ σ −1 ± 2 × R² a–b"))
        .isEqualTo(
            "\\textbackslash{} \\{ \\} \\$ \\& \\# \\% \\_ \\textasciicircum{} \\textasciitilde{}"
                + " \\textless{} \\textgreater{} \\textbar{} \\textquotedbl{} $\\alpha$$_0$"
                + " $\\sigma$ $-$1 $\\pm$ 2 $\\times$ R$^2$ a--b");
  }

  @Test
  void htmlIsEscaped() {
    ResultTable table =
        ResultTable.of(experiment(row("<b> & \"c\"", "none", 1.0, null, 1, 0, null, null)));
    assertThat(TableFormat.html(table)).contains("<td>&lt;b&gt; &amp; &quot;c&quot;</td>");
  }

  @Test
  void severalSourcesAreNumbered() {
    ResultTable table =
        ResultTable.of(
            experiment(
                row("dyt", "learned", 1.0, null, 1, 0, 82.5, "table 7"),
                row("dyt", "none", 1.0, null, 1, 0, 81.1, "table 8")));
    assertThat(table.rows())
        .extracting(cells -> cells.get(5))
        .containsExactly("82.5 [1]", "81.1 [2]");
    assertThat(table.notes()).contains("Published: [1] table 7; [2] table 8.");
  }

  @Test
  void findingsNameWhereTheOrderDisagreesAndWhereNothingIsDecided() {
    Experiment experiment =
        experiment(
            row("pre-ln", "x", 97.0, List.of(96.9, 97.1), 3, 0, 82.3, "t"),
            row("fixup", "x", 98.0, List.of(97.9, 98.1), 3, 0, 77.2, "t"),
            row("skipinit", "x", 90.0, List.of(89.9, 90.1), 3, 0, 74.1, "t"),
            row("dyt", "x", 97.0, List.of(96.9, 97.1), 3, 0, 82.8, "t"),
            row("sigma-reparam", "x", null, null, 0, 3, 82.5, "t"));
    assertThat(Findings.againstPublished(experiment))
        .containsExactly(
            "Order to Pre-LN on test accuracy (%): ours disagrees with the published order for"
                + " Fixup; it agrees for SkipInit; inconclusive at this n (the 95 % interval of the"
                + " difference includes 0): DyT; diverged in every run, so without a number:"
                + " σReparam.");
  }

  private static Experiment experiment(SummaryRow... rows) {
    return new Experiment(
        "dyt-squash",
        Path.of("dyt-squash"),
        new Summary("dyt-squash", Arrays.asList(rows)),
        Map.of(),
        Map.of(),
        List.of());
  }

  private static SummaryRow row(
      String method,
      String alpha,
      Double mean,
      List<Double> ci95,
      int n,
      int diverged,
      Double published,
      String source) {
    return new SummaryRow(
        method,
        Map.of("alpha", alpha),
        "test_accuracy",
        mean,
        ci95,
        n,
        List.of(1L, 2L, 3L),
        diverged,
        published,
        source);
  }
}
