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
import org.normfree.core.record.Trial;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Panel;

class ProbeCurvesTest {
  private static final String NAME = "postln-diagnostics";

  private static MetricLine line(long step, String layer, String quantity, double value) {
    return new MetricLine(MetricLine.PROBE, step, 0, layer, Map.of(quantity, value));
  }

  private static Run run(String method, long seed, List<MetricLine> metrics) {
    return new Run(
        method + seed,
        Path.of("nowhere", method + seed),
        new Trial(NAME, method, Map.of(), seed, Trial.FINAL),
        Optional.of(Marker.DONE),
        "",
        Map.of(),
        Map.of(),
        metrics,
        Optional.empty());
  }

  private static Experiment experiment(List<Run> runs) {
    return new Experiment(
        NAME, Path.of("nowhere"), new Summary(NAME, List.of()), Map.of(), Map.of(), runs);
  }

  @Test
  void whatWasProbedIsAPanel() {
    List<Run> runs = new ArrayList<>();
    for (String method : List.of("post-ln", "post-ln-init")) {
      for (int seed = 1; seed <= 2; seed++) {
        List<MetricLine> metrics = new ArrayList<>();
        for (int step = 0; step < 4; step++) {
          metrics.add(line(step, "model", "step_loss", 3 - 0.1 * step * seed));
          for (String layer : List.of("decoder.block0.ffn", "encoder.block0.ffn")) {
            metrics.add(line(step, layer, "gradient_norm", 1.0 + seed));
          }
        }
        runs.add(run(method, seed, metrics));
      }
    }
    Figure figure = ProbeCurves.of(experiment(runs)).orElseThrow();
    assertThat(figure.name()).isEqualTo("postln-diagnostics-probes");
    assertThat(figure.caption()).contains("Post-LN, Post-LN-init");
    assertThat(figure.chart().rows()).hasSize(1);
    assertThat(figure.chart().rows().get(0))
        .extracting(Panel::getTitle)
        .containsExactly("(a) loss", "(b) gradient norms, first step");
  }

  @Test
  void withoutProbesThereIsNoFigure() {
    assertThat(ProbeCurves.of(experiment(List.of(run("dyt", 1, List.of()))))).isEmpty();
  }
}
