package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Marker;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;

class UpdatePathsTest {
  private static final String NAME = "model-update";

  private static Run run(String method, String arch, long seed, List<MetricLine> metrics) {
    return new Run(
        arch + method + seed,
        Path.of("nowhere"),
        new Trial(NAME, method, Map.of("arch", arch), seed, Trial.FINAL),
        Optional.of(Marker.DONE),
        "",
        Map.of(),
        Map.of(),
        metrics,
        Optional.empty());
  }

  private static List<MetricLine> path(double... depths) {
    List<MetricLine> lines = new ArrayList<>();
    for (int step = 1; step <= 3; step++) {
      for (double depth : depths) {
        Map<String, Double> moved = Map.of("sgd", depth * step, "adam", 0.1 * depth * step);
        lines.add(new MetricLine(MetricLine.PROBE, step, 0, MetricLine.DEPTH + (int) depth, moved));
      }
    }
    return lines;
  }

  /** The table names Post-LN first, though the folders come in the order of the alphabet. */
  private static Experiment experiment(List<Run> runs) {
    List<SummaryRow> rows =
        List.of("post-ln", "deepnorm").stream()
            .map(
                method ->
                    new SummaryRow(
                        method, Map.of(), "update_slope", 1.0, null, 1, List.of(1L), 0, null, null))
            .toList();
    return new Experiment(
        NAME, Path.of("nowhere"), new Summary(NAME, rows), Map.of(), Map.of(), runs);
  }

  @Test
  void aRowAnOptimizerAPanelAMethodALineADepth() {
    List<Run> runs = new ArrayList<>();
    for (String arch : List.of("encoder-decoder", "ffn-stack")) {
      for (String method : List.of("deepnorm", "post-ln")) {
        runs.add(run(method, arch, 1, path(25, 6, 100)));
        runs.add(run(method, arch, 2, path(25, 6, 100)));
      }
    }
    List<Figure> figures = UpdatePaths.of(experiment(runs));
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            "model-update-first-steps-encoder-decoder", "model-update-first-steps-ffn-stack");
    assertThat(figures.get(0).chart().rows())
        .extracting(row -> row.stream().map(Panel::getTitle).toList())
        .containsExactly(
            List.of("(a) Post-LN, SGD", "(b) DeepNorm, SGD"),
            List.of("(c) Post-LN, Adam", "(d) DeepNorm, Adam"));
    assertThat(figures.get(0).chart().legend().entries())
        .extracting(Legend.Entry::label)
        .containsExactly("6L–6L", "25L–25L", "100L–100L");
    assertThat(figures.get(0).caption()).contains("n = 2 runs each (seeds 1, 2)");
  }

  @Test
  void anOutputThatDoesNotMoveIsLeftOut() {
    Run still = run("deepnorm", "ffn-stack", 1, path(0));
    assertThat(UpdatePaths.of(experiment(List.of(still)))).hasSize(1);
  }

  @Test
  void withoutPathsThereIsNoFigure() {
    assertThat(UpdatePaths.of(experiment(List.of(run("dyt", "ffn-stack", 1, List.of())))))
        .isEmpty();
  }
}
