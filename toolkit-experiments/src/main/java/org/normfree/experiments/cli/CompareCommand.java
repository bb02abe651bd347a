package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit compare}: two experiments or runs side by side. */
@Command(
    name = "compare",
    description = {
      "Compares two experiments, or two runs: the settings that differ, what B has more than A"
          + " (paired by seed, with a 95 %% interval from three pairs on), and their curves on"
          + " top of each other.",
      "Of two experiments the rows are compared whose method, setting and metric are the same; two"
          + " single runs are compared whatever their methods are."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Runnable {
  private final FigureMaker figures;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "an experiment's directory, or a run's in its folder \"runs\"")
  private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "another one")
  private Path b;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "compare",
      description = "where the curves go (default: ${DEFAULT-VALUE})")
  private Path out;

  CompareCommand(FigureMaker figures) {
    this.figures = figures;
  }

  @Override
  public void run() {
    Side first = Side.at(a);
    Side second = Side.at(b);
    Comparison comparison = new Comparison(first, second);
    PrintWriter writer = spec.commandLine().getOut();
    writer.printf("A  %s (%s)%n", first.shown(), first.experiment());
    writer.printf("B  %s (%s)%n%n", second.shown(), second.experiment());
    writer.println(comparison.settings());
    writer.println(comparison.differences());
    writer.flush();
    try (Scratch scratch = Scratch.of("compare")) {
      if (OverlaidCurves.write(first, second, scratch.folder())) {
        figures.create(scratch.folder(), out);
        writer.printf("The curves of both are in %s%n", out);
      } else {
        writer.println("Neither has curves: no loss was recorded over training.");
      }
    }
    writer.flush();
  }
}
