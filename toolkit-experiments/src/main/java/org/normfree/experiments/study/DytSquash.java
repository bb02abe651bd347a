package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code dyt-squash}: DyT with tanh, hardtanh, sigmoid and no squash at all, each with and without
 * α, at one learning rate. Source: arXiv 2503.10622, section 6.1, tables 7 and 8.
 */
public final class DytSquash implements Experiment {
  private static final Map<String, String> METHOD_OF_SQUASH =
      Map.of("tanh", "dyt", "hardtanh", "hardtanh", "sigmoid", "sigmoid", "identity", "identity");
  private static final List<String> SQUASHES = List.of("tanh", "hardtanh", "sigmoid", "identity");

  @Override
  public String name() {
    return "dyt-squash";
  }

  @Override
  public String summary() {
    return "DyT's squashing functions with and without alpha (tables 7 and 8)";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01"));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory);
    for (String squash : SQUASHES) {
      String method = METHOD_OF_SQUASH.get(squash);
      study.add(method, Map.of("squash", squash, "alpha", "learned"), TrainingRun.Probing.NONE);
      study.add(
          method + "-no-alpha",
          Map.of("squash", squash, "alpha", "none"),
          TrainingRun.Probing.NONE);
    }
    List<TrialResult> results = study.run(name());
    Published published = Published.table(7, "ViT-B").or(Published.table(8, "ViT-B"));
    return Result.of(
        new SummaryBuilder(name())
            .runs(results, "test_accuracy", published)
            .runs(results, "test_loss", Published.none())
            .build(),
        results);
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new DytSquash(), args);
  }
}
