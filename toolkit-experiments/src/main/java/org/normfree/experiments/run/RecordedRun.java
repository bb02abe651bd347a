package org.normfree.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Reason;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Trial;

/**
 * A run as it lies in its directory, looked at without locking or changing anything.
 *
 * @param path its directory
 */
public record RecordedRun(Path path) {
  /** Where a run stands. */
  public enum State {
    /** It reached its last step. */
    DONE,
    /** Its loss became non-finite, which is a result. */
    DIVERGED,
    /** It stopped on an error. */
    FAILED,
    /** A process is at it. */
    RUNNING,
    /** A process was at it and is no more. */
    INTERRUPTED;

    /** Whether it is never done again. */
    public boolean isFinished() {
      return this == DONE || this == DIVERGED;
    }
  }

  /** The name of its directory. */
  public String id() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Where it stands at this moment. */
  public State state() {
    Optional<Marker> marker = marker();
    if (marker.isPresent() && marker.get() != Marker.FAILED) {
      return marker.get() == Marker.DONE ? State.DONE : State.DIVERGED;
    }
    if (process().isPresent()) {
      return State.RUNNING;
    }
    return marker.isPresent() ? State.FAILED : State.INTERRUPTED;
  }

  /** The process that is at it: its id, or {@code "?"} where the system does not tell. */
  public Optional<String> process() {
    return RunLock.holder(path);
  }

  /** The line its marker holds: where it diverged or why it failed; empty if there is none. */
  public String note() {
    try {
      return marker().isPresent() ? Files.readString(file(marker().get().name())).strip() : "";
    } catch (IOException e) {
      return ""; // taken away in this moment, to try again
    }
  }

  /** Its settings; an empty object if there are none to be read. */
  public JsonNode config() {
    return object(file(RunFiles.CONFIG)).orElseGet(Json.MAPPER::createObjectNode);
  }

  /** What it stands for in a sweep; empty for an experiment that is one run. */
  public Optional<Trial> trial() {
    Path file = file(RunFiles.TRIAL);
    return Files.exists(file) ? Optional.of(Json.read(file, Trial.class)) : Optional.empty();
  }

  /** What ran where; empty if there is nothing to be read. */
  public Optional<Provenance> provenance() {
    try {
      return Optional.of(Json.read(file(RunFiles.PROVENANCE), Provenance.class));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /**
   * How it ended.
   *
   * @throws InputException if it is not finished, or its files were damaged
   */
  public Outcome outcome() {
    Marker marker =
        marker()
            .filter(m -> m != Marker.FAILED)
            .orElseThrow(() -> new InputException(path + " is not finished: run it to its end"));
    try {
      Map<String, Double> values =
          Json.MAPPER.readValue(
              Files.readAllBytes(file(RunFiles.RESULT)),
              new TypeReference<Map<String, Double>>() {});
      return new Outcome(marker, values, note());
    } catch (IOException e) {
      throw new InputException(
          "%s is marked %s but its %s cannot be read: delete the directory to run it again"
              .formatted(path, marker, RunFiles.RESULT),
          e);
    }
  }

  /** Whether it ended with numbers of its own, in {@code result.json}. */
  public boolean hasResult() {
    return state().isFinished() && Files.exists(file(RunFiles.RESULT));
  }

  /** The bytes of what it measured; empty if it measured nothing on its way. */
  public Optional<byte[]> metrics() {
    Path file = file(RunFiles.METRICS);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
  }

  /** How long things took. */
  public List<TimingLog.Line> timing() {
    return TimingLog.read(file(RunFiles.TIMING));
  }

  /**
   * @param then an earlier run
   * @return a few words on each part of the data that is not what the earlier run was trained on
   */
  public List<String> dataDifferencesFrom(RecordedRun then) {
    return TrainedOn.read(file(RunFiles.DATA))
        .differencesFrom(TrainedOn.read(then.file(RunFiles.DATA)));
  }

  /**
   * @param name a file's name, see {@link RunFiles}
   * @return the file in its directory
   */
  public Path file(String name) {
    return path.resolve(name);
  }

  private Optional<Marker> marker() {
    return Stream.of(Marker.DONE, Marker.DIVERGED, Marker.FAILED)
        .filter(marker -> Files.exists(file(marker.name())))
        .findFirst();
  }

  /** A file's JSON object; empty if it is not there or is none. */
  private static Optional<JsonNode> object(Path file) {
    try {
      return Optional.of(Json.MAPPER.readTree(Files.readAllBytes(file))).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
