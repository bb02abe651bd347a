package org.normfree.experiments.launch;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.core.record.RunFiles;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.run.TestItems;
import org.normfree.experiments.sweep.LastLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an experiment in its directory: opens it, skips or resumes, records the end, reports. */
public final class Launch {
  private Launch() {}

  /** No constant: a log is set up where something is to be said, behind the checks. */
  private static Logger log() {
    return LoggerFactory.getLogger(Launch.class);
  }

  /**
   * Runs an experiment with settings given by hand, or reads back its result if it was finished
   * before.
   *
   * @see #run(Experiment, Config, Path, List, Occasion)
   */
  public static Result run(Experiment experiment, Config config, Path out, List<String> command) {
    return run(experiment, config, out, command, Occasion.BY_HAND);
  }

  /**
   * Runs an experiment, or reads back its result if it was finished before.
   *
   * @param experiment the experiment
   * @param config its settings
   * @param out the run directory
   * @param command the words of the command, for the provenance
   * @param occasion why it is run
   * @return what came out
   * @throws InputException if the settings cannot be run or the directory cannot be used
   * @throws UncheckedIOException if results cannot be written; the run can be continued
   * @throws RunFailedException if the experiment failed otherwise
   */
  public static Result run(
      Experiment experiment, Config config, Path out, List<String> command, Occasion occasion) {
    Design design = experiment.design(config);
    if (!RunDirectory.isFinished(out)) {
      check(experiment, config, Optional.of(out));
    }
    RunDirectory directory =
        RunDirectory.open(
            out,
            config,
            command,
            () -> {
              if (occasion.preset().isEmpty()) {
                // what comes next takes as long as all so far
                LastLine.elsewhere(experiment.name() + ": getting ready ...");
              }
            });
    Thread farewell = new Thread(() -> log().warn("stopped: the same command goes on from here"));
    try {
      if (directory.finished().isPresent()) {
        Marker marker = directory.finished().get();
        log().info("{}: already {} in {}; nothing to run", experiment.name(), marker, out);
        return new Result(directory.summary(), marker, List.of());
      }
      log()
          .info(
              "{}: {} {}{}",
              experiment.name(),
              directory.interrupted() ? "resuming in" : "running in",
              out,
              config.overrides().isEmpty() ? "" : " with " + String.join(" ", config.overrides()));
      Runtime.getRuntime().addShutdownHook(farewell);
      Result result =
          result(experiment, design, experiment.run(config, directory), directory, occasion);
      String message = result.notes().isEmpty() ? "" : String.join("; ", result.notes());
      directory.finish(result.summary(), result.outcome(), message);
      return result;
    } catch (InputException e) {
      directory.discard();
      throw e;
    } catch (UncheckedIOException e) {
      throw e;
    } catch (Throwable e) { // an error of the run, out of memory included, is told, not thrown
      throw failed(experiment, directory, e);
    } finally {
      directory.close(); // not earlier: what went wrong is recorded, or undone, under the lock
      withdraw(farewell);
    }
  }

  private static Result result(
      Experiment experiment, Design design, Runs runs, RunDirectory directory, Occasion occasion) {
    return new Result(
        Summaries.of(experiment.name(), design, runs, run -> items(directory, run.id()), occasion),
        runs.outcome(),
        runs.notes());
  }

  /** Of a run of a sweep, or of an experiment that is itself one run. */
  private static Optional<TestItems> items(RunDirectory directory, String id) {
    Path child = directory.childPath(id);
    return TestItems.read(Files.isDirectory(child) ? child : directory.path());
  }

  /**
   * Looks at settings before anything is made, and says so to who watches: a refusal is the only
   * line. What cannot be refused any more, the experiment's own data and networks that fit for
   * certain, is left to the run.
   *
   * @param experiment the experiment
   * @param config its settings
   * @throws InputException if the settings cannot be run
   */
  public static void check(Experiment experiment, Config config) {
    check(experiment, config, Optional.empty());
  }

  private static void check(Experiment experiment, Config config, Optional<Path> out) {
    LastLine.during(
        experiment.name() + ": checking its settings ...",
        () -> {
          boolean fits = experiment.checkSettings(config);
          if (!config.isDefaultBesides(Keys.besidesData())) {
            experiment.check(config);
            if (out.isPresent() && Files.exists(out.get().resolve(RunFiles.DATA))) {
              experiment
                  .data(config)
                  .forEach(data -> RunDirectory.requireTrainedOn(out.get(), data));
            }
          }
          if (!fits) {
            experiment.checkNetworks(config);
          }
        });
  }

  /**
   * @param result what an experiment came to
   * @return its verdicts, its table and a line on each run that diverged or failed, each line ended
   */
  public static String report(Result result) {
    StringBuilder text = new StringBuilder(SummaryTable.text(result.summary()));
    text.append(VerdictTable.text(result.summary()));
    result.notes().forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }

  private static RunFailedException failed(
      Experiment experiment, RunDirectory directory, Throwable failure) {
    RunFailedException told =
        new RunFailedException(
            "%s failed (%s): the stack trace is in %s%s"
                .formatted(
                    experiment.name(),
                    Outcome.messageOf(failure),
                    directory.file(RunFiles.ERROR),
                    Outcome.isOutOfMemory(failure)
                        ? "; TOOLKIT_JAVA_OPTS=-Xmx8g allows 8 GB of heap"
                        : ""),
            failure);
    try {
      directory.fail(failure);
    } catch (UncheckedIOException e) {
      told.addSuppressed(e);
    }
    return told;
  }

  private static void withdraw(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is being stopped, which is what the hook is for
    }
  }
}
