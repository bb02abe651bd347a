package org.normfree.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;

/**
 * The directory of one run, open and locked: nobody else writes to it until it is closed. It
 * belongs to one configuration for good; what is finished in it is never done again, and what was
 * interrupted is continued.
 */
public final class RunDirectory implements AutoCloseable {
  private static final Set<String> BOOKKEEPING =
      Set.of(RunFiles.CONFIG, RunFiles.PROVENANCE, RunFiles.TRIAL, RunLock.FILE);

  private final Path path;
  private final Config config;
  private final List<String> command;
  private final RunLock lock;
  private final boolean fresh;
  private final Optional<Marker> finished;

  private RunDirectory(
      Path path, Config config, List<String> command, RunLock lock, boolean fresh) {
    this.path = path;
    this.config = config;
    this.command = command;
    this.lock = lock;
    this.fresh = fresh;
    this.finished =
        Stream.of(Marker.DONE, Marker.DIVERGED).filter(m -> Files.exists(marker(m))).findFirst();
  }

  /**
   * Opens a run's directory, or makes a new one. A run that FAILED before counts as interrupted.
   *
   * @param path the directory
   * @param config the run's settings
   * @param command the words of the command, for the provenance
   * @return the directory, locked
   * @throws InputException if the directory holds something else than a run, a run with other
   *     settings, or another run is writing to it; then nothing in it was changed
   * @throws UncheckedIOException if it cannot be written to
   */
  public static RunDirectory open(Path path, Config config, List<String> command) {
    Path directory = path.toAbsolutePath().normalize();
    boolean fresh = refuseOthers(directory, config);
    create(directory);
    RunLock lock = RunLock.take(directory);
    try {
      // somebody may have come first between the look and the lock
      fresh &= refuseOthers(directory, config);
      RunDirectory run = new RunDirectory(directory, config, List.copyOf(command), lock, fresh);
      if (run.finished().isEmpty()) {
        run.begin();
      }
      return run;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * @param path a run's directory
   * @return whether the run there is DONE or DIVERGED; needs no lock
   */
  public static boolean isFinished(Path path) {
    return Files.exists(path.resolve(Marker.DONE.name()))
        || Files.exists(path.resolve(Marker.DIVERGED.name()));
  }

  /**
   * Opens the directory of one run of a sweep, inside this one.
   *
   * @param id a name for it, unique in the sweep: letters, digits, dots, hyphens and underscores
   * @param trial what the run stands for
   * @param settings the run's own settings
   * @return its directory, locked
   */
  public RunDirectory child(String id, Trial trial, Config settings) {
    RunDirectory child = open(childPath(id), settings, command);
    if (child.finished().isEmpty()) {
      child.write(RunFiles.TRIAL, trial);
    }
    return child;
  }

  /**
   * @param id the name of a run of the sweep
   * @return where its directory is, whether it exists or not
   */
  public Path childPath(String id) {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "run id \"%s\": expected letters, digits, dots, hyphens and underscores".formatted(id));
    }
    return path.resolve(RunFiles.RUNS).resolve(id);
  }

  /** The directory itself, absolute. */
  public Path path() {
    return path;
  }

  /**
   * @param name a file's name, see {@link RunFiles}
   * @return the file in this directory
   */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** The folder of the run's checkpoints; whoever writes one creates it. */
  public Path checkpoints() {
    return file(RunFiles.CHECKPOINTS);
  }

  /** The run's settings. */
  public Config config() {
    return config;
  }

  /** DONE or DIVERGED if the run ended before this directory was opened; empty if it is to run. */
  public Optional<Marker> finished() {
    return finished;
  }

  /** Whether an earlier process began this run and did not finish it. */
  public boolean interrupted() {
    return !fresh && finished.isEmpty();
  }

  /**
   * Opens the metrics of a run that begins at its first step; what an interrupted one without a
   * checkpoint left is dropped.
   */
  public MetricLog metrics() {
    return MetricLog.fresh(file(RunFiles.METRICS));
  }

  /**
   * Opens the metrics of a run that goes on from a checkpoint; lines of later steps are dropped.
   *
   * @param step the checkpoint's step
   */
  public MetricLog metricsUpTo(long step) {
    return MetricLog.upTo(file(RunFiles.METRICS), step);
  }

  /** Opens the run's timings, to add to them. */
  public TimingLog timing() {
    return new TimingLog(file(RunFiles.TIMING));
  }

  /**
   * Writes a JSON file of the run in one atomic step.
   *
   * @param name the file's name
   * @param content a record or map
   */
  public void write(String name, Object content) {
    AtomicFile.write(file(name), Json.pretty(content));
  }

  /**
   * Records how a single run ended.
   *
   * @param outcome the end and the numbers it came with
   */
  public void finish(Outcome outcome) {
    if (outcome.marker() != Marker.FAILED) {
      write(RunFiles.RESULT, outcome.values());
    }
    mark(outcome.marker(), outcome.message());
  }

  /**
   * Records how an experiment ended.
   *
   * @param summary its table
   * @param marker how it ended
   * @param message one line; may be empty
   */
  public void finish(Summary summary, Marker marker, String message) {
    write(RunFiles.SUMMARY, summary);
    mark(marker, message);
  }

  /**
   * Records what stopped the run: the stack trace, and the marker FAILED.
   *
   * @param failure what was thrown
   */
  public void fail(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    AtomicFile.write(file(RunFiles.ERROR), trace.toString().getBytes(StandardCharsets.UTF_8));
    mark(Marker.FAILED, Outcome.messageOf(failure));
  }

  /**
   * Reads back how a finished single run ended.
   *
   * @throws InputException if its files were damaged
   */
  public Outcome outcome() {
    Marker marker =
        finished.orElseThrow(() -> new IllegalStateException(path + " is not finished"));
    try {
      Map<String, Double> values =
          Json.MAPPER.readValue(
              Files.readAllBytes(file(RunFiles.RESULT)),
              new TypeReference<Map<String, Double>>() {});
      return new Outcome(marker, values, Files.readString(marker(marker)).strip());
    } catch (IOException e) {
      throw new InputException(
          "%s is marked %s but its %s cannot be read: delete the directory to run it again"
              .formatted(path, marker, RunFiles.RESULT),
          e);
    }
  }

  /** Reads back the table of a finished experiment. */
  public Summary summary() {
    return Json.read(file(RunFiles.SUMMARY), Summary.class);
  }

  /**
   * Takes a directory away again that this opening created and in which nothing was recorded, so
   * that settings which turn out to be unusable do not occupy it; and closes it.
   */
  public void discard() {
    close();
    if (!fresh) {
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      List<Path> own = files.toList();
      for (Path file : own) {
        if (!BOOKKEEPING.contains(file.getFileName().toString()) && !isEmpty(file)) {
          return;
        }
      }
      for (Path file : own) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // another run took the place meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Lets others write to the directory. */
  @Override
  public void close() {
    lock.close();
  }

  private void begin() {
    try {
      Files.deleteIfExists(marker(Marker.FAILED));
      Files.deleteIfExists(file(RunFiles.ERROR));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to %s: %s".formatted(path, e.getMessage()), e);
    }
    Provenance now = Provenance.of(config, command, Clock.systemUTC());
    Path provenance = file(RunFiles.PROVENANCE);
    boolean begunBefore = !fresh && Files.exists(provenance);
    write(
        RunFiles.PROVENANCE,
        begunBefore ? Json.read(provenance, Provenance.class).resumedBy(now) : now);
    if (!Files.exists(file(RunFiles.CONFIG))) {
      write(RunFiles.CONFIG, config.toMap());
    }
  }

  private void mark(Marker marker, String message) {
    String line = message.isEmpty() ? "" : message + "\n";
    AtomicFile.write(marker(marker), line.getBytes(StandardCharsets.UTF_8));
  }

  private Path marker(Marker marker) {
    return file(marker.name());
  }

  /** Whether the directory is still to be begun; throws if it belongs to something else. */
  private static boolean refuseOthers(Path directory, Config config) {
    Path stored = directory.resolve(RunFiles.CONFIG);
    if (Files.exists(stored)) {
      List<String> differences = config.differencesFrom(Json.read(stored, JsonNode.class));
      if (!differences.isEmpty()) {
        throw new InputException(
            "%s holds a run with other settings (%s): use these or choose another directory"
                .formatted(directory, String.join("; ", differences)));
      }
      return false;
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        Optional<Path> foreign = files.filter(file -> !isLeftOver(file)).findFirst();
        if (foreign.isPresent()) {
          throw new InputException(
              "%s is not a run directory and not empty (it holds %s): choose another directory"
                  .formatted(directory, foreign.get().getFileName()));
        }
      } catch (IOException e) {
        throw new InputException("cannot read the folder " + directory, e);
      }
    }
    return true;
  }

  /** What a run leaves that was killed before its settings were stored. */
  private static boolean isLeftOver(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") || name.equals(RunFiles.PROVENANCE) || name.endsWith(".partial");
  }

  private static void create(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new InputException(
          "cannot create the folder %s (%s): choose another place"
              .formatted(directory, Reason.of(e)),
          e);
    }
  }

  private static boolean isEmpty(Path file) throws IOException {
    if (!Files.isDirectory(file)) {
      return Files.size(file) == 0;
    }
    try (Stream<Path> files = Files.list(file)) {
      return files.findFirst().isEmpty();
    }
  }
}
