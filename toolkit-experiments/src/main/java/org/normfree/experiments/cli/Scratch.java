package org.normfree.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.normfree.core.record.Folders;

/** A folder of its own for a command's intermediate files; it goes when it is closed. */
final class Scratch implements AutoCloseable {
  private final Path folder;
  private boolean kept;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /**
   * @param command what it is for
   * @return a new empty folder where the system keeps such
   */
  static Scratch of(String command) {
    try {
      return new Scratch(Files.createTempDirectory("toolkit-%s-".formatted(command)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot make a temporary folder: %s; -Djava.io.tmpdir=DIR names another place for it"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** The folder. */
  Path folder() {
    return folder;
  }

  /** Leaves the folder where it is. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot remove the temporary folder %s: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
