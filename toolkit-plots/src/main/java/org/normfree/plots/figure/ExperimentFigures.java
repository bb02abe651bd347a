package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.List;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;

/** Which figures an experiment gets. */
public final class ExperimentFigures {
  private static final String ACCURACY = "test_accuracy";

  private ExperimentFigures() {}

  /**
   * @param experiment a recorded experiment; one that is not known by name gets training curves
   * @return its figures; those it recorded nothing for are left out
   */
  public static List<Figure> of(Experiment experiment) {
    List<Figure> figures = new ArrayList<>();
    switch (experiment.name()) {
      case "dyt-squash" -> SquashBars.of(experiment, ACCURACY).ifPresent(figures::add);
      case "method-comparison" -> MethodIntervals.of(experiment, ACCURACY).ifPresent(figures::add);
      case "alpha-tracking" -> figures.addAll(AlphaTracking.of(experiment));
      case "model-update" -> {
        UpdateSizes.of(experiment, UpdateSizes.OUTPUT).ifPresent(figures::add);
        figures.addAll(UpdatePaths.of(experiment));
      }
      case "increment-explosion" ->
          UpdateSizes.of(experiment, UpdateSizes.LOSS).ifPresent(figures::add);
      case "postln-diagnostics", "thousand-layers" ->
          ProbeCurves.of(experiment).ifPresent(figures::add);
      case "depth-sweep" ->
          DepthCurves.of(experiment, "trained_share", "test_bleu").ifPresent(figures::add);
      case "translation" ->
          MethodIntervals.of(experiment, "test_exact_match").ifPresent(figures::add);
      case "language-model" -> MethodIntervals.of(experiment, "test_loss").ifPresent(figures::add);
      case "layernorm-map" -> LayerNormMaps.of(experiment).ifPresent(figures::add);
      default -> {}
    }
    figures.addAll(TrainingCurves.of(experiment));
    return List.copyOf(figures);
  }
}
