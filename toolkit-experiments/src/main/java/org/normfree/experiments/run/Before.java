package org.normfree.experiments.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.core.record.AtomicFile;

/**
 * What a run directory was like before a run began in it, so that a command that is refused after
 * all can leave it like that. Taken while the directory is locked.
 */
final class Before {
  private final Path directory;
  private final Set<Path> entries;
  private final Map<Path, byte[]> contents = new LinkedHashMap<>();

  private Before(Path directory, Set<Path> entries) {
    this.directory = directory;
    this.entries = entries;
  }

  /** Of a directory that nothing is written to. */
  static Before none(Path directory) {
    return new Before(directory, Set.of());
  }

  static Before of(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return new Before(directory, files.collect(Collectors.toUnmodifiableSet()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  /** Remembers the content of a file that is about to be changed, if it is there. */
  void remember(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      contents.putIfAbsent(file, Files.readAllBytes(file));
    }
  }

  /** Whether a file or folder came since and has something in it. */
  boolean nowHolds(Path entry) throws IOException {
    return isNew(entry) && !isEmpty(entry);
  }

  /**
   * Puts back what was changed.
   *
   * @param whole names of what goes if it came since
   * @param empty names of what goes if it came since and is empty
   */
  void restore(Set<String> whole, Set<String> empty) throws IOException {
    contents.forEach(AtomicFile::write);
    for (String name : whole) {
      if (isNew(directory.resolve(name))) {
        Files.delete(directory.resolve(name));
      }
    }
    for (String name : empty) {
      Path entry = directory.resolve(name);
      if (isNew(entry) && isEmpty(entry)) {
        delete(entry);
      }
    }
  }

  private boolean isNew(Path entry) {
    return !entries.contains(entry) && Files.exists(entry, LinkOption.NOFOLLOW_LINKS);
  }

  /** Unless it got something to hold in this very moment. */
  private static void delete(Path entry) throws IOException {
    try {
      Files.delete(entry);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // another run's now, or gone
    }
  }

  private static boolean isEmpty(Path entry) throws IOException {
    if (!Files.isDirectory(entry)) {
      return Files.size(entry) == 0;
    }
    try (Stream<Path> files = Files.list(entry)) {
      return files.findFirst().isEmpty();
    }
  }
}
