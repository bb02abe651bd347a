package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit status}: how far experiments are. */
@Command(
    name = "status",
    description = {
      "Tells how far experiments are: which of their runs are done, running, failed, diverged,"
          + " interrupted or still to come, and when the last is expected to end.",
      "It looks and changes nothing, also while they run."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StatusCommand implements Runnable {
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      defaultValue = "runs",
      description =
          "an experiment's directory, a run's in its folder \"runs\", or any folder above several"
              + " (default: ${DEFAULT-VALUE})")
  private Path folder;

  StatusCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void run() {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          "there is no folder %s: name one that \"toolkit run\" wrote to, or one above it"
              .formatted(folder));
    }
    PrintWriter out = spec.commandLine().getOut();
    Status status = new Status(clock);
    Optional<RecordedExperiment> whole = RecordedExperiment.around(folder);
    List<RecordedExperiment> experiments = RecordedExperiment.below(folder);
    if (whole.isPresent()) {
      out.println(status.ofRun(folder.toString(), whole.get(), new RecordedRun(folder)));
    } else if (experiments.isEmpty()) {
      out.printf("%s: no experiment has been run there or below%n", folder);
    }
    if (whole.isEmpty()) {
      experiments.forEach(
          experiment -> status.of(shown(experiment), experiment).forEach(out::println));
    }
    out.flush();
  }

  /** As the user would name it. */
  private String shown(RecordedExperiment experiment) {
    Path below = folder.toAbsolutePath().normalize().relativize(experiment.path());
    return (below.toString().isEmpty() ? folder : folder.resolve(below)).toString();
  }
}
