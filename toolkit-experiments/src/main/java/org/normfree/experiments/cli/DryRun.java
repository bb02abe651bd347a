package org.normfree.experiments.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.launch.Columns;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.sweep.Duration;
import org.normfree.experiments.sweep.LastLine;
import org.normfree.experiments.sweep.Rehearsal;
import org.normfree.experiments.sweep.SweepTrial;

/**
 * What an experiment would do, without doing it.
 *
 * @param rows a run each
 * @param pace how long steps take
 * @param jobs how many runs go on at a time
 */
record DryRun(List<Row> rows, StepPace pace, int jobs) {
  private static final double MEGA = 1e6;

  /**
   * A run.
   *
   * @param trial the run
   * @param size how large it is; empty if it does not tell
   */
  private record Row(SweepTrial trial, Optional<SweepTrial.Size> size) {}

  /**
   * @param experiment the experiment
   * @param config its settings
   * @throws org.normfree.core.InputException if one of its runs could not be carried out
   */
  static DryRun of(Experiment experiment, Config config) {
    Launch.check(experiment, config);
    List<Row> rows = new ArrayList<>();
    StepPace pace = new StepPace();
    LastLine.told(
        experiment.name() + ": building its networks and trying some steps ...",
        () -> {
          for (SweepTrial trial :
              Rehearsal.of(directory -> experiment.run(config, directory), config)) {
            Row row = new Row(trial, trial.size());
            rows.add(row);
            row.size.ifPresent(size -> pace.tryOut(trial, size));
          }
        });
    boolean sideBySide = config.has(Keys.JOBS) && config.has(Keys.THREADS);
    return new DryRun(
        rows, pace, Math.max(1, Math.min(rows.size(), sideBySide ? Keys.jobsOf(config) : 1)));
  }

  /** Lines, each ended. */
  String text() {
    Columns columns = new Columns("run", "steps", "parameters", "MB while it is trained");
    for (Row row : rows) {
      columns.add(
          row.trial.id(),
          row.size.map(size -> Long.toString(size.steps())).orElse(""),
          row.size.map(size -> String.format(Locale.ROOT, "%,d", size.parameters())).orElse(""),
          row.size
              .map(size -> String.format(Locale.ROOT, "%.1f", size.trainedBytes() / MEGA))
              .orElse(""));
    }
    return columns
        + "%s at first; what is chosen by their results is not among them. Memory is that of parameters, gradients and the optimizer's averages; activations come on top.%n"
            .formatted(rows.size() == 1 ? "1 run" : rows.size() + " runs")
        + time();
  }

  private String time() {
    double seconds = 0;
    for (Row row : rows) {
      OptionalDouble own =
          row.size.isPresent() ? pace.seconds(row.trial, row.size.get()) : OptionalDouble.empty();
      if (own.isEmpty()) {
        return "How long they take, nothing tells.%n".formatted();
      }
      seconds += own.getAsDouble();
    }
    return rows.isEmpty()
        ? ""
        : "Their steps take about %s%s: an estimate by the shortest of the first steps of %s. Start-up and evaluations come on top.%n"
            .formatted(
                Duration.words(seconds / jobs),
                jobs == 1 ? "" : ", %s runs at a time".formatted(jobs),
                pace.words());
  }
}
