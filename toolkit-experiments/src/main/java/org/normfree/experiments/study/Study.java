package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;
import org.normfree.experiments.training.Problem;
import org.normfree.experiments.training.TrainingRun;

/** A sweep of training runs: methods and settings, each with every seed. */
public final class Study {
  /** What no directory's name is to hold. */
  private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9._-]");

  private final String experiment;
  private final Config config;
  private final RunDirectory directory;
  private final Problem.Kind kind;

  /** The settings that all runs share. */
  private final Config shared;

  private final List<SweepTrial> trials = new ArrayList<>();

  /** A study of image classifiers. */
  public Study(String experiment, Config config, RunDirectory directory) {
    this(experiment, config, directory, ImageClassification.KIND);
  }

  /**
   * @param experiment the experiment's name
   * @param config its settings: what all runs share, seeds and jobs
   * @param directory its directory
   * @param kind what its runs learn
   */
  public Study(String experiment, Config config, RunDirectory directory, Problem.Kind kind) {
    this.kind = kind;
    this.experiment = experiment;
    this.config = config;
    this.directory = directory;
    shared = config.forExperiment(kind.defaults());
  }

  /**
   * @param kind what runs learn
   * @return the keys of such a run without its method, and seeds and jobs
   */
  public static Schema keys(Problem.Kind kind) {
    return new Schema(kind.keys()).without(Keys.METHOD).with(Keys.SEEDS, Keys.JOBS);
  }

  /** Adds a reported run of a method for every seed, at the shared settings. */
  public Study add(String method) {
    return add(method, Map.of(), run -> run);
  }

  /**
   * Adds a reported run of a method for every seed.
   *
   * @param method its method
   * @param setting what sets it apart from other runs of the method
   * @param own takes the shared settings to its own
   * @return this study
   */
  public Study add(String method, Map<String, String> setting, UnaryOperator<Config> own) {
    for (long seed : Keys.seedsOf(config)) {
      add("", method, setting, seed, Trial.FINAL, own);
    }
    return this;
  }

  /**
   * Adds a run with the first seed that only chooses a setting.
   *
   * @param method its method
   * @param setting what sets it apart from other runs of the method
   * @param own takes the shared settings to its own
   */
  Study search(String method, Map<String, String> setting, UnaryOperator<Config> own) {
    return add("search-", method, setting, config.get(Keys.SEED), Trial.SEARCH, own);
  }

  private Study add(
      String prefix,
      String method,
      Map<String, String> setting,
      long seed,
      String phase,
      UnaryOperator<Config> own) {
    Config run = shared.with(Keys.METHOD, method).with(Keys.SEED, seed);
    trials.add(
        new SweepTrial(
            prefix + id(method, setting) + "-seed" + seed,
            new Trial(experiment, method, setting, seed, phase),
            own.apply(run),
            TrainingRun.body(kind)));
    return this;
  }

  /**
   * @param method a run's method
   * @param setting what sets it apart
   * @return a name for its directory that tells all of it
   */
  static String id(String method, Map<String, String> setting) {
    StringBuilder id = new StringBuilder(method);
    new TreeMap<>(setting)
        .forEach((key, value) -> id.append('-').append(key).append('_').append(value));
    return UNFIT.matcher(id).replaceAll("_");
  }

  /** Adds a run of another kind. */
  Study add(SweepTrial trial) {
    trials.add(trial);
    return this;
  }

  /**
   * Carries out the runs.
   *
   * @param task what they are, for the progress display
   * @return how each ended, in the order they were added
   */
  public List<TrialResult> run(String task) {
    return new Sweep(directory, Keys.jobsOf(config)).run(task, trials);
  }
}
