package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;
import static org.normfree.experiments.study.Metrics.VALIDATION_ACCURACY;
import static org.normfree.experiments.study.Metrics.VALIDATION_LOSS;

import java.util.List;
import org.normfree.core.record.FigureSpec;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.run.RunDirectory;

/**
 * {@code train}: one run of any image model, method and data, in the experiment's own directory;
 * with {@code seeds} above 1 a run a seed.
 */
public final class Train implements Experiment {
  private final SingleRun run =
      SingleRun.of(ImageClassification.KIND, "one training run of any model, method and data");

  @Override
  public String name() {
    return run.name();
  }

  @Override
  public String summary() {
    return run.summary();
  }

  @Override
  public List<Key<?>> keys() {
    return new Schema(run.keys()).with(Keys.SEEDS.withDefault(1), Keys.JOBS).keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How does a %s train?".formatted(config.get(Keys.METHOD)),
            TEST_ACCURACY,
            TEST_LOSS,
            VALIDATION_ACCURACY,
            VALIDATION_LOSS)
        .drawn(FigureSpec.of(FigureSpec.CURVES, "loss", "step"));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    return config.get(Keys.SEEDS) > 1
        ? Runs.of(new Study(name(), config, directory).add(config.get(Keys.METHOD)).run(name()))
        : run.run(config, directory);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new Train(), args);
  }
}
