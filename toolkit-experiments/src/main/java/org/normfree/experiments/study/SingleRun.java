package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Rehearsal;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;
import org.normfree.experiments.training.Problem;
import org.normfree.experiments.training.TrainingRun;

/**
 * One run of a study as an experiment of its own, so that every run directory can be run again from
 * its {@code config.json}.
 */
class SingleRun implements Experiment {
  private final String name;
  private final String summary;
  private final List<Key<?>> keys;
  private final Config defaults;
  private final SweepTrial.Body body;
  private final List<Metric> metrics;

  /**
   * @param name the name under which its settings are stored
   * @param summary one line about it
   * @param keys its settings, a method and a seed among them
   * @param body what it does
   * @param metrics what it reports
   */
  SingleRun(
      String name, String summary, List<Key<?>> keys, SweepTrial.Body body, Metric... metrics) {
    this.metrics = List.of(metrics);
    this.name = name;
    this.summary = summary;
    this.keys = List.copyOf(keys);
    defaults = Config.defaults(name, this.keys);
    this.body = body;
  }

  /**
   * @param kind what a training run learns
   * @param summary one line about it
   * @param metrics what it reports
   * @return a training run
   */
  static SingleRun of(Problem.Kind kind, String summary, Metric... metrics) {
    return new SingleRun(kind.name(), summary, kind.keys(), TrainingRun.body(kind), metrics);
  }

  /**
   * This run as one of a sweep.
   *
   * @param id its name in the sweep
   * @param trial what it stands for
   * @param shared settings of the study
   * @return the run
   */
  SweepTrial trial(String id, Trial trial, Config shared) {
    Config own = settings(shared).with(Keys.METHOD, trial.method()).with(Keys.SEED, trial.seed());
    return new SweepTrial(id, trial, own, body);
  }

  /**
   * @param shared settings of the study
   * @return those of its runs
   */
  Config settings(Config shared) {
    return shared.forExperiment(defaults);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public List<Key<?>> keys() {
    return keys;
  }

  @Override
  public Design design(Config config) {
    return Design.of(summary, metrics.toArray(Metric[]::new));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Trial trial =
        new Trial(name, config.get(Keys.METHOD), Map.of(), config.get(Keys.SEED), Trial.FINAL);
    Config own = settings(config);
    if (directory.isRehearsal()) {
      throw new Rehearsal(List.of(new SweepTrial(name, trial, own, body)));
    }
    try (Progress progress = Progress.start(name, 1)) {
      Outcome outcome = body.run(own, directory, progress.part());
      return Runs.single(new TrialResult(name, trial, outcome));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
