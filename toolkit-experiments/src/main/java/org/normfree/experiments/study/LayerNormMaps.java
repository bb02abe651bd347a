package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.probe.LayerNormProbe;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.RunFiles;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code layernorm-map}: input and output of chosen LayerNorm layers of a trained Pre-LN network,
 * with R² of a fitted tanh beside that of a line. Source: arXiv 2503.10622, section 3, figures 2 to
 * 4.
 */
public final class LayerNormMaps implements Experiment {
  private static final int POINTS = 4000;
  private static final Key<Integer> LAYERS =
      Key.integer("layers", 4, Range.any().atLeast(1), "how many LayerNorm layers to look into");

  @Override
  public String name() {
    return "layernorm-map";
  }

  @Override
  public String summary() {
    return "what LayerNorm layers do to their input, against a tanh (figures 2 to 4)";
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(List.of(LAYERS), Studies.keys());
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01"));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    List<TrialResult> results =
        new Study(name(), config, directory)
            .add("pre-ln", Map.of(), new Mapping(config.get(LAYERS)))
            .run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    Studies.layerMetrics(results).forEach(metric -> table.runs(results, metric, Published.none()));
    table.runs(results, "test_accuracy", Published.none());
    return Result.of(table.build(), results);
  }

  /** Looks into the layers at the end of the training. */
  private record Mapping(int layers) implements TrainingRun.Probing {
    @Override
    public List<TrainingListener> listeners(TrainingRun.View view) {
      return List.of();
    }

    @Override
    public Map<String, Double> atEnd(TrainingRun.View view, Trainer trainer) {
      LayerNormMap map =
          LayerNormProbe.read(
              view.network(), names -> trainer.outputs(view.batch(), names), layers, POINTS);
      view.directory().write(RunFiles.LAYERNORM_MAP, map);
      Map<String, Double> values = new LinkedHashMap<>();
      for (LayerNormMap.Layer layer : map.layers()) {
        values.put("line_r2:" + layer.name(), layer.lineR2());
        values.put("tanh_r2:" + layer.name(), layer.tanhR2());
      }
      return values;
    }
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new LayerNormMaps(), args);
  }
}
