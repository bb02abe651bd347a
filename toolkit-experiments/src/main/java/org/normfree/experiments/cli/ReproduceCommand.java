package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.normfree.core.InputException;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.launch.RunFailedException;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit reproduce}: runs again what was run, and compares. */
@Command(
    name = "reproduce",
    description = {
      "Runs an experiment again from its stored settings, in a temporary folder, and compares what"
          + " its finished runs measured, byte for byte. The directory itself is not changed.",
      "Exit code 0 if all is equal; 1 if not, with the first line that differs, the settings that"
          + " were changed since, and what differs in the environment."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
  private final Experiments experiments;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "an experiment's directory, or that of one of its runs")
  private Path directory;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "only this run, a folder in the experiment's folder \"runs\"")
  private String id;

  @Option(names = "--keep", description = "leave what was run now where it is, to look at")
  private boolean keep;

  ReproduceCommand(Experiments experiments) {
    this.experiments = experiments;
  }

  @Override
  public Integer call() {
    Optional<RecordedExperiment> around = RecordedExperiment.around(directory);
    Optional<String> one = Optional.ofNullable(id);
    if (around.isPresent()) {
      String named = new RecordedRun(directory).id();
      if (one.isPresent() && !one.get().equals(named)) {
        throw new InputException(
            "--run %s, but %s is the directory of the run %s: name the experiment's directory, or leave --run out"
                .formatted(one.get(), directory, named));
      }
      one = Optional.of(named);
    }
    RecordedExperiment experiment =
        around
            .or(() -> RecordedExperiment.at(directory))
            .orElseThrow(
                () ->
                    new InputException(
                        "%s is no run directory (there is no config.json of a run): name the one that \"toolkit run\" wrote to, or one in its folder \"runs\""
                            .formatted(directory)));
    Reproduction reproduction = Reproduction.of(experiments, experiment, one);
    PrintWriter out = spec.commandLine().getOut();
    try (Scratch scratch = Scratch.of("reproduce")) {
      if (keep) {
        scratch.keep();
      }
      try {
        Reproduction.Report report = reproduction.run(scratch.folder(), RunCommand.words(spec));
        report.lines().forEach(out::println);
        if (keep) {
          out.printf("What was run now is in %s%n", scratch.folder());
        }
        out.flush();
        return report.equal() ? ExitCode.OK : ExitCode.SOFTWARE;
      } catch (RunFailedException e) {
        scratch.keep(); // the message leads to the stack trace in it
        throw e;
      }
    }
  }
}
