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

class UpdateSizesTest {
  private static SummaryRow row(String method, String optimizer, String metric, double mean) {
    return new SummaryRow(
        method,
        Map.of("arch", "ffn-stack", "optimizer", optimizer),
        metric,
        mean,
        List.of(mean / 2, mean * 2),
        3,
        List.of(1L, 2L, 3L),
        0,
        null,
        null);
  }

  private static Experiment experiment(List<SummaryRow> rows) {
    Summary summary = new Summary("model-update", rows);
    return new Experiment(
        "model-update", Path.of("nowhere"), summary, Map.of(), Map.of(), List.of());
  }

  @Test
  void everySettingIsAPanelAndEveryMethodALine() {
    List<SummaryRow> rows = new ArrayList<>();
    for (String optimizer : List.of("sgd", "adam")) {
      for (int depth : new int[] {12, 48, 24}) {
        rows.add(row("post-ln", optimizer, "update_size:" + depth, depth));
        rows.add(row("deepnorm", optimizer, "update_size:" + depth, 1));
      }
    }
    Figure figure = UpdateSizes.of(experiment(rows), UpdateSizes.OUTPUT).orElseThrow();
    assertThat(figure.name()).isEqualTo("model-update-update-size");
    assertThat(figure.chart().rows().get(0))
        .extracting(Panel::getTitle)
        .containsExactly("(a) ffn-stack, SGD", "(b) ffn-stack, Adam's first step");
    assertThat(figure.caption()).contains("n = 3 runs each (seeds 1, 2, 3)");
    assertThat(ExperimentFigures.of(experiment(rows))).extracting(Figure::name).hasSize(1);
  }

  @Test
  void withoutSizesThereIsNoFigure() {
    assertThat(
            UpdateSizes.of(
                experiment(List.of(row("dyt", "sgd", "update_slope", 1))), UpdateSizes.OUTPUT))
        .isEmpty();
  }
}
