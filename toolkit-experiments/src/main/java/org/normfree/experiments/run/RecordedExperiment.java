package org.normfree.experiments.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.record.Json;
import org.normfree.core.record.PlainJson;
import org.normfree.core.record.Reason;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.experiments.config.Config;

/**
 * An experiment as it lies in its directory, looked at without locking or changing anything.
 *
 * @param path its directory, absolute
 * @param name its name, as its settings tell it
 */
public record RecordedExperiment(Path path, String name) {
  /**
   * @param directory any folder
   * @return what was recorded in it; empty if its {@code config.json} is not that of a run
   */
  public static Optional<RecordedExperiment> at(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      return PlainJson.object(Files.readAllBytes(path.resolve(RunFiles.CONFIG)))
          .map(config -> config.get(Config.EXPERIMENT))
          .filter(String.class::isInstance)
          .map(name -> new RecordedExperiment(path, name.toString()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * @param run a run's directory
   * @return the experiment it is a run of; empty if it lies in no experiment's folder of runs
   */
  public static Optional<RecordedExperiment> around(Path run) {
    Path folder = run.toAbsolutePath().normalize().getParent();
    return folder == null
            || folder.getParent() == null
            || !folder.getFileName().toString().equals(RunFiles.RUNS)
            || !Files.exists(run.resolve(RunFiles.CONFIG))
        ? Optional.empty()
        : at(folder.getParent());
  }

  /**
   * @param folder any folder
   * @return the experiments in it and below it, by path; those that this user may look at
   */
  public static List<RecordedExperiment> below(Path folder) {
    List<RecordedExperiment> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              Optional<RecordedExperiment> experiment = at(path);
              experiment.ifPresent(found::add);
              return experiment.isPresent()
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException failure) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(folder, Reason.of(e)), e);
    }
    found.sort((one, other) -> one.path.compareTo(other.path));
    return Collections.unmodifiableList(found);
  }

  /** The experiment's directory as one run's: its own state, settings and provenance. */
  public RecordedRun whole() {
    return new RecordedRun(path);
  }

  /** Whether it is one run, which lies in the experiment's own directory. */
  public boolean isSingle() {
    return runs().isEmpty() && planned().isEmpty();
  }

  /** The runs that were begun, by name. */
  public List<RecordedRun> runs() {
    Path folder = path.resolve(RunFiles.RUNS);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(run -> Files.exists(run.resolve(RunFiles.CONFIG)))
          .sorted()
          .map(RecordedRun::new)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(folder, Reason.of(e)), e);
    }
  }

  /** The names of the runs it is known to consist of; empty if it is one run, or does not tell. */
  public List<String> planned() {
    return Plan.read(path.resolve(RunFiles.PLAN)).runs();
  }

  /** Its table; empty before its end. */
  public Optional<Summary> summary() {
    Path file = path.resolve(RunFiles.SUMMARY);
    return Files.exists(file) ? Optional.of(Json.read(file, Summary.class)) : Optional.empty();
  }

  /** Its settings. */
  public JsonNode config() {
    return whole().config();
  }
}
