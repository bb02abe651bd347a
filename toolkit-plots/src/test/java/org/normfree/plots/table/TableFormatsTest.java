package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.archive.Experiment;

class TableFormatsTest {
  private static final List<ResultTable> COMPARISON = ResultTable.of(MadeUpStudies.comparison());

  @Test
  void latexAlignsNumbersBySiunitxAndKeepsIntervalsBesideThem() {
    assertThat(LatexTable.of(COMPARISON.subList(0, 1)))
        .contains(
            "% needs \\usepackage{booktabs,siunitx,graphicx}\n",
            "\\label{tab:method-comparison}",
            "S[detect-weight,table-format=2.2]@{~}l",
            "\\multicolumn{2}{c}{\\shortstack[c]{test\\\\accuracy (\\%)}}",
            "DyT \\ensuremath{\\dagger} & {0.01} & \\bfseries 98.20 & {\\scriptsize {[}98.00, 98.40]}"
                + " & 82.8 & 0.0981 & {\\scriptsize {[}0.0932, 0.1033]} \\\\\n",
            "identity & {--} & \\multicolumn{2}{l}{diverged} & 61.0 & \\multicolumn{2}{l}{--} \\\\\n");
  }

  @Test
  void latexSplitsWhatIsTooWideOrTooLong() {
    ResultTable table = ResultTable.of(MadeUpStudies.awkward()).get(0);
    List<List<LatexParts.Part>> floats = LatexParts.of(table);
    assertThat(floats).hasSizeGreaterThan(2);
    Set<List<Object>> cells = new HashSet<>();
    for (LatexParts.Part part : floats.stream().flatMap(List::stream).toList()) {
      assertThat(part.lines()).isLessThanOrEqualTo(45);
      part.groups()
          .forEach(
              group ->
                  group
                      .rows()
                      .forEach(
                          row ->
                              part.columns()
                                  .forEach(
                                      column ->
                                          assertThat(cells.add(List.of(row.label(), column)))
                                              .isTrue())));
    }
    assertThat(cells).hasSize((int) table.rows().count() * table.columns().size());
    assertThat(LatexTable.of(List.of(table))).contains("(continued, part 2 of " + floats.size());
  }

  @Test
  void decimalPointsStandBelowEachOtherInMarkdownAndHtml() {
    for (Experiment experiment : MadeUpStudies.all()) {
      for (ResultTable table : ResultTable.of(experiment)) {
        for (int column = 0; column < table.columns().size(); column++) {
          Alignment alignment = Alignment.of(table, column);
          List<Integer> places =
              table
                  .numbers(column)
                  .map(n -> (alignment.before(n.value()) + n.value().beforePoint()).length())
                  .distinct()
                  .toList();
          List<Integer> ends =
              table
                  .numbers(column)
                  .map(
                      n ->
                          (alignment.before(n.value())
                                  + n.value().shown()
                                  + alignment.after(n.value()))
                              .length())
                  .distinct()
                  .toList();
          assertThat(places).hasSizeLessThanOrEqualTo(1);
          assertThat(ends).hasSizeLessThanOrEqualTo(1);
        }
      }
    }
    assertThat(MarkdownTable.of(COMPARISON))
        .contains("| Post-LN | – | 45\u2007\u2007\u2007 [11, 84] 2 of 5: 96.31 | – | – |")
        .contains("| **98.20** [98.00, 98.40] |");
    assertThat(HtmlTable.of(COMPARISON.get(0)))
        .contains(
            "<td class=\"number\" data-value=\"45\">45\u2007\u2007\u2007 <span class=\"after\">[11,"
                + " 84] 2 of 5: 96.31</span></td>");
  }

  @Test
  void everyRowOfAMarkdownTableHasEveryColumn() {
    Pattern bar = Pattern.compile("(?<!\\\\)\\|");
    for (Experiment experiment : MadeUpStudies.all()) {
      for (ResultTable table : ResultTable.of(experiment)) {
        List<String> lines =
            MarkdownTable.of(List.of(table)).lines().filter(line -> line.startsWith("|")).toList();
        assertThat(lines).hasSizeGreaterThan(2);
        for (String line : lines) {
          // an escaped backslash before a bar would hide it
          String plain = line.replace("\\\\", "");
          assertThat(bar.matcher(plain).results().count())
              .as(line)
              .isEqualTo(table.columns().size() + 2L);
        }
      }
    }
  }

  @Test
  void htmlHoldsAnyText() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5_000; i++) {
      String html = HtmlText.of(RandomText.of(random));
      assertThat(html).doesNotContain("<", ">", "\"", "'", "\u0000", "\u0007", "\uFFFF");
      assertThat(html.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
      assertThat(html.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000)).isTrue();
    }
  }

  @Test
  void csvHasEveryNumberInFull() {
    List<String> lines =
        SummaryCsv.of(MadeUpStudies.comparison().summary().rows()).lines().toList();
    assertThat(lines).hasSize(9);
    assertThat(lines.get(0))
        .isEqualTo(
            "method,lr,metric,mean,ci95_low,ci95_high,n,diverged,seeds,values,trained,trained_of,"
                + "trained_low,trained_high,trained_mean,difference,difference_low,difference_high,"
                + "difference_n,p,p_holm,p_permutation,items_low,items_high,published,source,edge");
    assertThat(lines.get(2))
        .isEqualTo(
            "dyt,0.01,test_accuracy,98.2,98.0,98.4,5,0,1 2 3 4 5,,,,,,,1.2,0.8,1.6,5,"
                + "0.0013333333333333333,0.004,0.0625,0.4,3.2,82.8,"
                + "\"arXiv 2503.10622, table 9, ViT-B on ImageNet-1K\",true");
    assertThat(lines.get(5)).startsWith("identity,,test_accuracy,,,,0,5,1,");
  }

  @Test
  void csvQuotesWhatNeedsItAndKeepsItsColumnsApart() {
    assertThat(
            SummaryCsv.of(
                List.of(MadeUpStudies.row("a,b").with("n", "\"x\"").few(MadeUpStudies.LOSS, 1.0))))
        .startsWith("method,setting.n,metric,")
        .contains("\n\"a,b\",\"\"\"x\"\"\",test_loss,1.0,");
  }

  @Test
  void theOrderToTheBaselineIsComparedWithThePublishedOne() {
    assertThat(PublishedOrder.sentences(MadeUpStudies.comparison()))
        .containsExactly(
            "Order to Pre-LN on test accuracy: ours disagrees with the published order nowhere; it"
                + " agrees for DyT; without a number, since every run diverged: identity.");
    assertThat(PublishedOrder.sentences(MadeUpStudies.old())).isEmpty();
  }
}
