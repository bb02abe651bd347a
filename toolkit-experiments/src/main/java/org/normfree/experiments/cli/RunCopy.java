package org.normfree.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Copies a finished run's records: its files without what is in its folders and what is hidden. */
final class RunCopy {
  private RunCopy() {}

  /**
   * @param run a run's directory
   * @param copy where the copy goes; made
   */
  static void make(Path run, Path copy) {
    try (Stream<Path> entries = Files.list(run)) {
      List<Path> files =
          entries
              .filter(Files::isRegularFile) // checkpoints are large, and a finished run needs none
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .toList();
      Files.createDirectories(copy);
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot copy %s to %s: %s".formatted(run, copy, e.getMessage()), e);
    }
  }
}
