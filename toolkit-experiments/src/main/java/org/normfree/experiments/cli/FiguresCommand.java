package org.normfree.experiments.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.normfree.core.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code toolkit figures}: tables, figures and report from recorded runs. */
@Command(
    name = "figures",
    description = "Makes tables, figures and a report from recorded runs.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FiguresCommand implements Runnable {
  private final FigureMaker figures;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "the folder of the run directories (default: ${DEFAULT-VALUE})")
  private Path runs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "figures",
      description = "where the files go (default: ${DEFAULT-VALUE})")
  private Path out;

  FiguresCommand(FigureMaker figures) {
    this.figures = figures;
  }

  @Override
  public void run() {
    if (!Files.isDirectory(runs)) {
      throw new InputException(
          "--runs %s: there is no such folder; give the one that \"toolkit run\" wrote to"
              .formatted(runs));
    }
    figures.create(runs, out);
  }
}
