package org.normfree.experiments.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.normfree.core.InputException;
import picocli.CommandLine.Option;

/** The option of commands that read recorded runs. */
final class RunsOption {
  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "the folder of the run directories (default: ${DEFAULT-VALUE})")
  private Path runs;

  /**
   * The folder.
   *
   * @throws InputException if it is none
   */
  Path folder() {
    if (!Files.isDirectory(runs)) {
      throw new InputException(
          "--runs %s: there is no such folder; give the one that \"toolkit run\" wrote to"
              .formatted(runs));
    }
    return runs;
  }
}
