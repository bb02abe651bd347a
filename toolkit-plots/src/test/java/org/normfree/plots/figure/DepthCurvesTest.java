package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Panel;

class DepthCurvesTest {
  private static SummaryRow row(String method, int layers, String warmup, String metric) {
    return new SummaryRow(
        method,
        Map.of("layers", String.valueOf(layers), "warmup", warmup),
        metric,
        50.0 + layers,
        List.of(40.0, 90.0),
        3,
        List.of(1L, 2L, 3L),
        0,
        null,
        null);
  }

  private static Experiment experiment(List<SummaryRow> rows) {
    return new Experiment(
        "depth-sweep",
        Path.of("nowhere"),
        new Summary("depth-sweep", rows),
        Map.of(),
        Map.of(),
        List.of());
  }

  @Test
  void aRowAMetricAndAColumnAWarmUp() {
    List<SummaryRow> rows = new ArrayList<>();
    for (String metric : List.of("trained_share", "test_bleu")) {
      for (String warmup : List.of("0.0", "2.0")) {
        for (int layers : new int[] {3, 18}) {
          rows.add(row("deepnorm", layers, warmup, metric));
          rows.add(row("post-ln", layers, warmup, metric));
        }
      }
    }
    Figure figure = DepthCurves.of(experiment(rows), "trained_share", "test_bleu").orElseThrow();
    assertThat(figure.name()).isEqualTo("depth-sweep-depth");
    assertThat(figure.chart().rows()).hasSize(2);
    assertThat(figure.chart().rows().get(1))
        .extracting(Panel::getTitle)
        .containsExactly("(c) no warm-up", "(d) warm-up of 2 epochs");
  }

  @Test
  void withoutRowsThereIsNoFigure() {
    assertThat(DepthCurves.of(experiment(List.of()), "trained_share")).isEmpty();
  }
}
