package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.probe.AlphaProbe;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.Statistics;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code alpha-tracking}: α and 1/std of the input of every dynamic activation, after every epoch,
 * with Pearson's r over layers and over time, sign as it comes out. Source: arXiv 2503.10622,
 * section 6.2, figure 8.
 */
public final class AlphaTracking implements Experiment {
  private static final String OVER_LAYERS = "pearson_layers_final";
  private static final String OVER_TIME = "pearson_time:";

  @Override
  public String name() {
    return "alpha-tracking";
  }

  @Override
  public String summary() {
    return "alpha and 1/std of each layer's input over training (figure 8)";
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(List.of(Keys.METHOD), Studies.keys());
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01"));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    List<TrialResult> results =
        new Study(name(), config, directory)
            .add(config.get(Keys.METHOD), Map.of(), new Tracking())
            .run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    table.correlations(results, OVER_LAYERS);
    Studies.layerMetrics(results).forEach(metric -> table.correlations(results, metric));
    table.runs(results, "test_accuracy", Published.none());
    return Result.of(table.build(), results);
  }

  /** Reads α and 1/std before the first step and after every epoch. */
  private static final class Tracking implements TrainingRun.Probing {
    @Override
    public List<TrainingListener> listeners(TrainingRun.View view) {
      AlphaProbe probe = new AlphaProbe(view.network());
      if (probe.layers() == 0) {
        throw new InputException(
            "the method has no alpha to track; choose one that has, for example method=dyt");
      }
      return List.of(
          new TrainingListener() {
            @Override
            public void onStart(Trainer trainer) {
              if (trainer.progress().step() == 0) {
                record(trainer);
              }
            }

            @Override
            public void onEpochEnd(Trainer trainer, Epoch epoch) {
              record(trainer);
            }

            private void record(Trainer trainer) {
              for (AlphaProbe.Reading reading :
                  probe.read(names -> trainer.outputs(view.batch(), names))) {
                view.recorder()
                    .add(
                        new MetricLine(
                            MetricLine.PROBE,
                            trainer.progress().step(),
                            trainer.progress().epoch(),
                            reading.layer(),
                            Map.of("alpha", reading.alpha(), "inverseStd", reading.inverseStd())));
              }
            }
          });
    }

    @Override
    public Map<String, Double> atEnd(TrainingRun.View view, Trainer trainer) {
      Map<String, List<MetricLine>> layers =
          Recorder.read(view.directory()).stream()
              .filter(line -> line.values().containsKey("alpha"))
              .collect(
                  Collectors.groupingBy(
                      MetricLine::scope, LinkedHashMap::new, Collectors.toList()));
      Map<String, Double> values = new LinkedHashMap<>();
      put(
          values,
          OVER_LAYERS,
          layers.values().stream().map(lines -> lines.get(lines.size() - 1)).toList());
      layers.forEach((layer, lines) -> put(values, OVER_TIME + layer, lines));
      return values;
    }

    private static void put(Map<String, Double> values, String name, List<MetricLine> lines) {
      Statistics.pearson(column(lines, "alpha"), column(lines, "inverseStd"))
          .ifPresent(correlation -> values.put(name, correlation.r()));
    }

    private static List<Double> column(List<MetricLine> lines, String name) {
      return lines.stream().map(line -> line.values().get(name)).toList();
    }
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new AlphaTracking(), args);
  }
}
