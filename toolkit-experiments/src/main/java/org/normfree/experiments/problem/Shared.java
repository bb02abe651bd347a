package org.normfree.experiments.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;

/**
 * What problems read and never change, such as images: read once for all runs of a process that ask
 * for the same, whether they are only checked, follow each other or go on side by side. It is kept
 * as long as one of them has it.
 */
final class Shared {
  private static final Map<List<Object>, Known> KNOWN = new HashMap<>();

  private Shared() {}

  private record Stamp(Path file, long bytes, FileTime modified) {}

  private record Known(List<Stamp> stamps, WeakReference<Object> object) {}

  /**
   * Reads something, unless it is at hand.
   *
   * @param type what it is
   * @param config says what is read
   * @param keys those of its keys that decide on it
   * @param reading reads it; what it gives is never changed
   * @return the object that was read before where the values of {@code keys} and the files they
   *     name are those of then and it is still in use
   * @throws org.normfree.core.InputException if it cannot be read
   */
  static synchronized <T> T of(
      Class<T> type, Config config, List<Key<?>> keys, Supplier<T> reading) {
    List<Path> paths =
        keys.stream()
            .map(config::get)
            .flatMap(value -> value instanceof Optional<?> given ? given.stream() : Stream.of())
            .filter(Path.class::isInstance)
            .map(Path.class::cast)
            .toList();
    KNOWN.values().removeIf(known -> known.object().get() == null);
    List<Object> asked = List.of(type, config.assignments(keys));
    Known known = KNOWN.get(asked);
    Object there = known == null ? null : known.object().get();
    if (there != null && Optional.of(known.stamps()).equals(stamps(paths))) {
      return type.cast(there);
    }
    Instant start = Instant.now();
    T read = reading.get();
    stamps(paths)
        .filter(stamps -> stamps.stream().allMatch(s -> s.modified().toInstant().isBefore(start)))
        .ifPresent(stamps -> KNOWN.put(asked, new Known(stamps, new WeakReference<>(read))));
    return read;
  }

  /** Of all files at or below some paths; empty if they cannot be looked at. */
  private static Optional<List<Stamp>> stamps(List<Path> paths) {
    List<Stamp> stamps = new ArrayList<>();
    for (Path path : paths) {
      try (Stream<Path> files = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
        for (Path file : files.sorted().toList()) {
          BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
          stamps.add(new Stamp(file, is.size(), is.lastModifiedTime()));
        }
      } catch (IOException | UncheckedIOException e) {
        return Optional.empty(); // whoever reads it says what is wrong
      }
    }
    return Optional.of(stamps);
  }
}
