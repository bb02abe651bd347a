package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;

/** A sweep of training runs: methods and settings, each with every seed. */
final class Study {
  private final String experiment;
  private final Config config;
  private final RunDirectory directory;
  private final Problem.Kind kind;
  private final List<SweepTrial> trials = new ArrayList<>();

  /** A study of image classifiers. */
  Study(String experiment, Config config, RunDirectory directory) {
    this(experiment, config, directory, ImageClassification.KIND);
  }

  /**
   * @param experiment the experiment's name
   * @param config its settings: what all runs share, seeds and jobs
   * @param directory its directory
   * @param kind what its runs learn
   */
  Study(String experiment, Config config, RunDirectory directory, Problem.Kind kind) {
    this.kind = kind;
    this.experiment = experiment;
    this.config = config;
    this.directory = directory;
  }

  /** Adds a reported run of a method for every seed, at the shared settings. */
  Study add(String method, Map<String, String> setting, TrainingRun.Probing probing) {
    return add(method, setting, config.get(Keys.LEARNING_RATE), probing);
  }

  /** Adds a reported run of a method for every seed, at a learning rate of its own. */
  Study add(String method, Map<String, String> setting, double rate, TrainingRun.Probing probing) {
    return add(method, setting, probing, run -> run.with(Keys.LEARNING_RATE, rate));
  }

  /** Adds a reported run of a method for every seed, with settings of its own. */
  Study addWith(String method, Map<String, String> setting, UnaryOperator<Config> own) {
    return add(method, setting, TrainingRun.Probing.NONE, own);
  }

  /** Adds a reported run of a method for every seed, with settings and probing of its own. */
  Study add(
      String method,
      Map<String, String> setting,
      TrainingRun.Probing probing,
      UnaryOperator<Config> own) {
    for (long seed : Keys.seedsOf(config)) {
      add(id(method, setting) + "-seed" + seed, method, setting, seed, Trial.FINAL, own, probing);
    }
    return this;
  }

  /** Adds a run with the first seed that only chooses a learning rate. */
  Study search(String method, double rate) {
    Map<String, String> setting = Map.of("lr", String.valueOf(rate));
    String id = "search-" + id(method, setting);
    long seed = config.get(Keys.SEED);
    UnaryOperator<Config> own = run -> run.with(Keys.LEARNING_RATE, rate);
    return add(id, method, setting, seed, Trial.SEARCH, own, TrainingRun.Probing.NONE);
  }

  private Study add(
      String id,
      String method,
      Map<String, String> setting,
      long seed,
      String phase,
      UnaryOperator<Config> own,
      TrainingRun.Probing probing) {
    Config run =
        config
            .forExperiment(kind.name(), kind.keys())
            .with(Keys.METHOD, method)
            .with(Keys.SEED, seed);
    trials.add(
        new SweepTrial(
            id,
            new Trial(experiment, method, setting, seed, phase),
            own.apply(run),
            (c, d, progress) -> TrainingRun.run(kind, c, d, progress, probing)));
    return this;
  }

  /** A name for a directory: the method, and what numbers and flags its setting has. */
  private static String id(String method, Map<String, String> setting) {
    StringBuilder id = new StringBuilder(method);
    for (String name :
        List.of(
            "arch",
            "layers",
            "warmup",
            "lr",
            "alpha0.table",
            "alpha0.attention",
            "alpha0",
            "embedding.scale")) {
      if (setting.containsKey(name)) {
        id.append('-').append(name).append(setting.get(name));
      }
    }
    return id.toString();
  }

  /**
   * Carries out the runs.
   *
   * @param task what they are, for the progress display
   * @return how each ended, in the order they were added
   */
  List<TrialResult> run(String task) {
    return new Sweep(directory, Keys.jobsOf(config)).run(task, trials);
  }
}
