package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.LastLine;
import org.normfree.plots.archive.RunArchive;
import org.normfree.plots.figure.FigureOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code toolkit figures}: tables, figures and report from recorded runs. */
@Command(
    name = "figures",
    description = "Makes tables, figures and a report from recorded runs.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FiguresCommand implements Runnable {
  private final FigureMaker figures;

  @Spec private CommandSpec spec;

  @Mixin private RunsOption runs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "figures",
      description = "where the files go (default: ${DEFAULT-VALUE})")
  private Path out;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description =
          "names of figures or experiments; only these figures are drawn, and neither tables nor"
              + " the report")
  private List<String> only = List.of();

  @Option(
      names = "--width",
      paramLabel = "WIDTH",
      description =
          "single (3.3 in), double (6.9 in) or millimetres (default: what suits each figure)")
  private Optional<String> width = Optional.empty();

  @Option(
      names = "--font",
      paramLabel = "POINTS",
      description = "size of type in points (default: 8)")
  private double font = FigureOptions.DEFAULTS.points();

  @Option(
      names = "--methods",
      paramLabel = "NAME",
      split = ",",
      description = "methods that figures show, in this order (default: all)")
  private List<String> methods = List.of();

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      description =
          "the method that figures compare with (default: the one each study declared; to another"
              + " there are no intervals)")
  private Optional<String> baseline = Optional.empty();

  FiguresCommand(FigureMaker figures) {
    this.figures = figures;
  }

  @Override
  public void run() {
    FigureOptions options =
        new FigureOptions(
            only,
            width
                .map(text -> OptionalInt.of(FigureOptions.width(text)))
                .orElse(OptionalInt.empty()),
            font,
            methods,
            baseline);
    int count = RunArchive.ids(runs.folder()).size();
    boolean writable = Files.isDirectory(out) ? Files.isWritable(out) : RunDirectory.isFree(out);
    Runnable draw = () -> figures.create(runs.folder(), out, options);
    if (writable && only.isEmpty() && methods.isEmpty() && baseline.isEmpty()) {
      LastLine.told(words(count), draw); // nothing is left to be refused
    } else {
      LastLine.during(words(count), draw);
    }
    PrintWriter writer = spec.commandLine().getOut();
    writer.println(
        only.isEmpty()
            ? "figures/, tables/ and report.html are in " + out
            : "figures are in " + out.resolve("figures"));
    writer.flush();
  }

  private static String words(int count) {
    return "drawing the figures of %s ..."
        .formatted(count == 1 ? "1 experiment" : count + " experiments");
  }
}
