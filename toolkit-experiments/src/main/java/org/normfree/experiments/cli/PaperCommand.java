package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.normfree.core.UnavailableException;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.AcrossStudies;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.launch.Occasion;
import org.normfree.experiments.launch.RunFailedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code toolkit paper}: every study of the paper, then its tables, figures and report. */
@Command(
    name = "paper",
    description = "Runs every study of the paper, then makes its tables, figures and report.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PaperCommand implements Callable<Integer> {
  /** What methods are compared with over all studies. */
  private static final String BASELINE = "pre-ln";

  private final Experiments experiments;
  private final FigureMaker figures;

  @Spec private CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "quick",
      description = "quick (minutes) or standard (hours) (default: ${DEFAULT-VALUE})")
  private Preset preset;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "where runs, tables and figures go (default: ${DEFAULT-VALUE})")
  private Path out;

  PaperCommand(Experiments experiments, FigureMaker figures) {
    this.experiments = experiments;
    this.figures = figures;
  }

  @Override
  public Integer call() {
    PrintWriter writer = spec.commandLine().getOut();
    boolean complete = true;
    List<Summary> summaries = new ArrayList<>();
    for (Experiment experiment : experiments.all()) {
      Optional<List<String>> settings = experiment.preset(preset);
      if (settings.isEmpty()) {
        continue;
      }
      writer.printf("%n%s: %s%n", experiment.name(), experiment.summary());
      writer.flush();
      try {
        Optional<Result> result = run(experiment, settings.get(), writer);
        complete &= result.isPresent() && result.get().outcome() != Marker.FAILED;
        result.ifPresent(r -> summaries.add(r.summary()));
      } catch (UnavailableException e) {
        // nothing that anybody here could mend
        writer.printf("left out: %s%n", e.getMessage());
      }
      writer.flush();
    }
    AcrossStudies.of(summaries, BASELINE)
        .ifPresent(
            summary ->
                AtomicFile.write(
                    out.resolve(AcrossStudies.NAME).resolve(RunFiles.SUMMARY),
                    Json.pretty(summary)));
    figures.create(out, out);
    writer.printf("%nTables, figures and report.html are in %s%n", out);
    writer.flush();
    return complete ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Optional<Result> run(Experiment experiment, List<String> settings, PrintWriter writer) {
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), settings);
    try {
      Result result =
          Launch.run(
              experiment,
              config,
              out.resolve(experiment.name()),
              RunCommand.words(spec),
              Occasion.of(preset, experiment));
      writer.print(Launch.report(result));
      return Optional.of(result);
    } catch (RunFailedException e) {
      // the other studies are still worth having
      writer.println(e.getMessage());
      return Optional.empty();
    }
  }
}
