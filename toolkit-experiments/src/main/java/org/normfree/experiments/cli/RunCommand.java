package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.launch.Occasion;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit run}: one experiment, from its settings to its table. */
@Command(
    name = "run",
    description = {
      "Runs an experiment, or goes on with one that was interrupted.",
      "\"toolkit run <experiment> --help\" lists its keys."
    },
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  private final Experiments experiments;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<experiment>",
      completionCandidates = Names.class,
      description = "its name, as \"toolkit list\" shows it")
  private String name;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "key=value",
      description = "settings; they win over those of the file")
  private List<String> assignments = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings as one JSON object, for example another run's config.json")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "the run directory (default: runs/<experiment>)")
  private Path out;

  @Option(
      names = "--dry-run",
      description = "check the settings and list the runs, and carry out none")
  private boolean dryRun;

  @Option(
      names = {"-h", "--help"},
      description = "show this help, or the experiment's keys")
  private boolean help;

  RunCommand(Experiments experiments) {
    this.experiments = experiments;
  }

  @Override
  public Integer call() {
    if (name == null) {
      if (help) {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.OK;
      }
      throw new InputException(
          "no experiment is named: expected one of " + String.join(", ", experiments.names()));
    }
    Experiment experiment = experiments.named(name);
    if (help) {
      describe(experiment);
      return ExitCode.OK;
    }
    Config config =
        Config.resolve(
            experiment.name(), experiment.keys(), Optional.ofNullable(file), assignments);
    if (dryRun) {
      PrintWriter writer = spec.commandLine().getOut();
      writer.print(DryRun.of(experiment, config).text());
      writer.flush();
      return ExitCode.OK;
    }
    Path directory = out == null ? Path.of("runs", experiment.name()) : out;
    Result result = Launch.run(experiment, config, directory, words(spec), Occasion.BY_HAND);
    PrintWriter writer = spec.commandLine().getOut();
    writer.print(Launch.report(result));
    writer.flush();
    return result.outcome() == Marker.FAILED ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  /** The command as it was typed. */
  static List<String> words(CommandSpec spec) {
    List<String> words = new ArrayList<>(List.of("toolkit"));
    words.addAll(spec.root().commandLine().getParseResult().originalArgs());
    return words;
  }

  private void describe(Experiment experiment) {
    PrintWriter writer = spec.commandLine().getOut();
    writer.print(new ExperimentHelp(experiment, spec.usageMessage().width()).text());
    writer.flush();
  }

  /** Names for completion in a shell. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Experiments.installed().names().iterator();
    }
  }
}
