package org.normfree.experiments.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Provenance;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import org.normfree.experiments.run.RecordedRun.State;

/**
 * How long an experiment will still take, if the runs to come take what those so far took in the
 * mean.
 *
 * @param secondsPerRun what a run takes
 * @param jobs how many runs go on at a time
 * @param secondsLeft until the last run ends
 */
record Forecast(double secondsPerRun, int jobs, double secondsLeft) {
  /**
   * @param experiment an experiment
   * @param state where it stands
   * @return the forecast; empty for one that ended, and where nothing tells what a run takes
   */
  static Optional<Forecast> of(RecordedExperiment experiment, State state) {
    if (state.isFinished() || state == State.FAILED) {
      return Optional.empty();
    }
    List<RecordedRun> runs =
        experiment.isSingle() ? List.of(experiment.whole()) : experiment.runs();
    OptionalDouble perRun = secondsPerRun(runs);
    if (perRun.isEmpty()) {
      return Optional.empty();
    }
    List<Double> left = new ArrayList<>();
    for (RecordedRun run : runs) {
      State of = run.state();
      if (of == State.RUNNING || of == State.INTERRUPTED) {
        RunProgress progress = RunProgress.of(run);
        double whole = total(progress).orElse(perRun.getAsDouble());
        left.add(whole * (1 - progress.fraction()));
      }
    }
    for (int i = 0; i < Status.toCome(experiment, state); i++) {
      left.add(perRun.getAsDouble());
    }
    int jobs = Math.min(jobs(experiment), Math.max(1, left.size()));
    double sum = left.stream().mapToDouble(seconds -> seconds).sum();
    double longest = left.stream().mapToDouble(seconds -> seconds).max().orElse(0);
    return Optional.of(new Forecast(perRun.getAsDouble(), jobs, Math.max(longest, sum / jobs)));
  }

  /** The mean over runs that reached their end; before there are any, over those on their way. */
  private static OptionalDouble secondsPerRun(List<RecordedRun> runs) {
    OptionalDouble ended =
        runs.stream()
            .filter(run -> run.state() == State.DONE)
            .flatMap(run -> RunProgress.of(run).seconds().stream())
            .mapToDouble(seconds -> seconds)
            .average();
    return ended.isPresent()
        ? ended
        : runs.stream()
            .map(RunProgress::of)
            .flatMapToDouble(progress -> total(progress).stream().mapToDouble(s -> s))
            .average();
  }

  /** What a run that is on its way will have taken at its end. */
  private static Optional<Double> total(RunProgress progress) {
    return progress.fraction() > 0
        ? progress.seconds().map(seconds -> seconds / progress.fraction())
        : Optional.empty();
  }

  /** As the settings have it, else as many as fit the machine it was started on. */
  private static int jobs(RecordedExperiment experiment) {
    JsonNode config = experiment.config();
    int jobs = config.path(Keys.JOBS.name()).asInt(0);
    if (jobs > 0 || experiment.isSingle()) {
      return Math.max(1, jobs);
    }
    int cores = experiment.whole().provenance().map(Provenance::cores).orElse(1);
    return Math.max(1, cores / Math.max(1, config.path(Keys.THREADS.name()).asInt(1)));
  }
}
