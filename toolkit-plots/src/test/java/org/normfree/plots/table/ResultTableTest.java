package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.plots.MadeUpStudies.experiment;
import static org.normfree.plots.MadeUpStudies.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.table.ResultTable.Column;
import org.normfree.plots.table.ResultTable.RowGroup;

class ResultTableTest {
  @Test
  void metricsOfTheSameSettingsShareATableOfMethodsByMetrics() {
    List<ResultTable> tables = ResultTable.of(MadeUpStudies.comparison());
    assertThat(tables)
        .extracting(ResultTable::label)
        .containsExactly("method-comparison", "method-comparison-differences");
    ResultTable table = tables.get(0);
    assertThat(table.columns())
        .extracting(Column::heading)
        .containsExactly("learning rate", "test accuracy (%)", "published", "test loss (nats)");
    assertThat(table.rows().map(ResultTable.Row::label))
        .containsExactly("Pre-LN", "DyT †", "DeepNorm", "Post-LN", "identity");
    assertThat(text(table))
        .isEqualTo(
            """
            Pre-LN|–|97.00 [96.60, 97.40]|82.3|0.1034 [0.0951, 0.1124]
            DyT †|0.01|*98.20 [98.00, 98.40]|82.8|0.0981 [0.0932, 0.1033]
            DeepNorm|–|97.12 [96.10, 97.90]|–|0.1013 [0.0951, 0.1079]
            Post-LN|–|45 [11, 84] 2 of 5: 96.31|–|–
            identity|–|diverged|61.0|–
            """);
  }

  @Test
  void theCaptionSaysHowManyRunsWhichIntervalsAndWhichTest() {
    ResultTable table = ResultTable.of(MadeUpStudies.comparison()).get(0);
    assertThat(table.caption())
        .isEqualTo(
            "method-comparison: test accuracy (%), test loss (nats). Means over n = 0 to 5 runs with"
                + " 95 % intervals (Student's t on the logit: test accuracy; Student's t on the"
                + " logarithm: test loss). Bold: the best, where the comparison with Pre-LN tells it"
                + " apart (paired t test over seeds on the metric's scale, p < 0.05 after Holm's"
                + " correction).");
    assertThat(table.notes())
        .anyMatch(note -> note.startsWith("“k of m: x”"))
        .anyMatch(note -> note.startsWith("†"))
        .contains("Published: arXiv 2503.10622, table 9, ViT-B on ImageNet-1K.");
  }

  @Test
  void anOrderedAxisMakesColumnsAndOtherConditionsMakeGroups() {
    List<ResultTable> tables = ResultTable.of(MadeUpStudies.depths());
    assertThat(tables).hasSize(2);
    ResultTable share = tables.get(0);
    assertThat(share.columns())
        .extracting(Column::heading)
        .containsExactly("layers 3", "layers 9", "layers 18");
    assertThat(share.groups())
        .extracting(RowGroup::title)
        .containsExactly("no warm-up", "epochs of warm-up 2.0");
    assertThat(share.caption()).contains("(Wilson's interval of a share)").contains("by layers");
    assertThat(share.notes()).contains("Smoke test: two layers are no depth");
    assertThat(text(tables.get(1)))
        .startsWith("DeepNorm|28.3 [27.1, 29.4]|28.3 [27.1, 29.4]|28.3 [27.1, 29.4]\n")
        .contains("Post-LN|28.3 [27.1, 29.4]|0.10 [0.00, 0.30] 0 of 5|");
  }

  @Test
  void conditionsOfASingleMethodAreTheRows() {
    ResultTable table = ResultTable.of(MadeUpStudies.layers()).get(0);
    assertThat(table.stub()).isEqualTo("layer");
    assertThat(table.rows()).hasSize(6);
    assertThat(table.groups()).hasSize(1);
    assertThat(table.caption()).contains("Fisher's z");
  }

  @Test
  void aSingleRowOfManyMetricsIsTurned() {
    List<Metric> metrics = new ArrayList<>();
    List<SummaryRow> rows = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      metrics.add(Metric.number(name, "metric " + name, ""));
      rows.add(row("dyt").few(metrics.get(metrics.size() - 1), 7));
    }
    rows.set(1, row("dyt").published(6.5).few(metrics.get(1), 7));
    ResultTable table = ResultTable.of(study(metrics, List.of(), rows)).get(0);
    assertThat(text(table))
        .isEqualTo(
            "metric a|7.000\nmetric b|7.000\nmetric b, published|6.5\nmetric c|7.000\nmetric d|7.000\n");
    assertThat(table.columns()).containsExactly(new Column("DyT", true));
    assertThat(table.caption()).contains("below three there is no interval");
  }

  @Test
  void variantsAreNamedByWhatTellsThemApart() {
    Metric metric = Metric.number("m", "m", "");
    List<Axis> axes =
        List.of(
            Axis.variant("squash", "squash").with(Map.of("tanh", "tanh", "hardtanh", "hard tanh")),
            Axis.variant("alpha", "α").with(Map.of("none", "no α", "learned", "α learned")));
    List<SummaryRow> rows = new ArrayList<>();
    for (String squash : List.of("tanh", "hardtanh")) {
      for (String alpha : List.of("learned", "none")) {
        String method = squash.equals("tanh") ? "dyt" : squash;
        rows.add(row(method).with("squash", squash).with("alpha", alpha).few(metric, 1));
      }
    }
    assertThat(ResultTable.of(study(List.of(metric), axes, rows)).get(0).rows())
        .extracting(ResultTable.Row::label)
        .containsExactly("DyT, α learned", "DyT, no α", "hardtanh, α learned", "hardtanh, no α");
  }

  @Test
  void everyRecordedMeanIsInSomeTable() {
    for (Experiment experiment : MadeUpStudies.all()) {
      long cells =
          ResultTable.of(experiment).stream()
              .filter(table -> !table.label().endsWith("-differences"))
              .flatMap(ResultTable::rows)
              .flatMap(row -> row.cells().stream())
              .filter(cell -> cell instanceof Cell.Measured || isDiverged(cell))
              .count();
      long recorded =
          experiment.summary().rows().stream()
              .mapToLong(row -> row.published() == null ? 1 : 2)
              .sum();
      assertThat(cells).as(experiment.id()).isEqualTo(recorded);
    }
  }

  @Test
  void rowsThatAreRecordedTwiceAreShownTwice() {
    Metric metric = Metric.number("m", "m", "");
    ResultTable table =
        ResultTable.of(
                study(
                    List.of(metric),
                    List.of(),
                    List.of(row("dyt").few(metric, 1), row("dyt").few(metric, 2))))
            .get(0);
    assertThat(text(table)).isEqualTo("DyT|1.000\nDyT (2)|2.000\n");
  }

  @Test
  void valuesOfASearchStandBesideTheRowsUnlessTheyAreAllThatDiffers() {
    Metric metric = Metric.number("m", "m", "");
    List<Axis> axes = List.of(Axis.chosen("lr", "learning rate"));
    ResultTable apart =
        ResultTable.of(
                study(
                    List.of(metric),
                    axes,
                    List.of(
                        row("dyt").with("lr", "0.01").few(metric, 1),
                        row("dyt").with("lr", "0.1").few(metric, 2))))
            .get(0);
    assertThat(text(apart)).isEqualTo("learning rate 0.01|1.000\nlearning rate 0.1|2.000\n");
  }

  @Test
  void anOldSummaryStillHasATable() {
    ResultTable table = ResultTable.of(MadeUpStudies.old()).get(0);
    assertThat(table.caption()).contains("95 % intervals.").doesNotContain("Student");
    assertThat(table.stub()).isEqualTo("alpha");
    assertThat(text(table))
        .isEqualTo("alpha learned|97.80 [97.14, 98.46]|82.5 [1]\nalpha none|diverged|81.1 [2]\n");
  }

  @Test
  void differencesHaveEveryTestBesideThem() {
    ResultTable table = ResultTable.of(MadeUpStudies.comparison()).get(1);
    assertThat(table.caption()).contains("differences to Pre-LN, paired by seed");
    assertThat(table.groups())
        .extracting(RowGroup::title)
        .containsExactly("test accuracy (%)", "test loss (nats)");
    assertThat(text(table)).startsWith("DyT|1.20 [0.80, 1.60]|5|0.001|0.004|0.062|[0.4, 3.2]\n");
  }

  @Test
  void anEmptySummaryHasNoTable() {
    assertThat(ResultTable.of(MadeUpStudies.empty())).isEmpty();
  }

  private static boolean isDiverged(Cell cell) {
    return cell.equals(new Cell.Words("diverged"));
  }

  private static Experiment study(List<Metric> metrics, List<Axis> axes, List<SummaryRow> rows) {
    return experiment(
        "study",
        new Summary(
            "study", "", null, null, metrics, Baseline.of("dyt"), axes, List.of(), List.of(), rows),
        Map.of());
  }

  private static String text(ResultTable table) {
    StringBuilder out = new StringBuilder();
    table
        .rows()
        .forEach(
            row -> {
              out.append(row.label());
              for (Cell cell : row.cells()) {
                out.append('|');
                if (cell instanceof Cell.Measured measured) {
                  out.append(measured.strong() ? "*" : "").append(measured.value().shown());
                  out.append(measured.after().isEmpty() ? "" : " " + measured.after());
                } else {
                  out.append(((Cell.Words) cell).text());
                }
              }
              out.append('\n');
            });
    return out.toString();
  }
}
