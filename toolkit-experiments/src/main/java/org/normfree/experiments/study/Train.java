package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import org.normfree.core.record.Summary;
import org.normfree.core.record.Trial;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code train}: one run of any model, method and data, in the experiment's own directory; with
 * {@code seeds} above 1 a run a seed.
 */
public final class Train implements Experiment {
  @Override
  public String name() {
    return ImageClassification.KIND.name();
  }

  @Override
  public String summary() {
    return "one training run of any model, method and data";
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(ImageClassification.KEYS, List.of(Keys.SEEDS.withDefault(1), Keys.JOBS));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    if (config.get(Keys.SEEDS) > 1) {
      List<TrialResult> results =
          new Study(name(), config, directory)
              .add(config.get(Keys.METHOD), Map.of(), TrainingRun.Probing.NONE)
              .run(name());
      return Result.of(table(results), results);
    }
    try (Progress progress = Progress.start(name(), 1)) {
      Outcome outcome =
          TrainingRun.run(
              ImageClassification.KIND,
              config.forExperiment(name(), ImageClassification.KEYS),
              directory,
              progress.part(),
              TrainingRun.Probing.NONE);
      Trial trial =
          new Trial(name(), config.get(Keys.METHOD), Map.of(), config.get(Keys.SEED), Trial.FINAL);
      return Result.single(table(List.of(new TrialResult(name(), trial, outcome))), outcome);
    }
  }

  private Summary table(List<TrialResult> results) {
    SummaryBuilder table = new SummaryBuilder(name());
    for (String metric :
        List.of("test_accuracy", "test_loss", "validation_accuracy", "validation_loss")) {
      table.runs(results, metric, Published.none());
    }
    return table.build();
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new Train(), args);
  }
}
