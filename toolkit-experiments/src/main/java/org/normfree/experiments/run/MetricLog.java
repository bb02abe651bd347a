package org.normfree.experiments.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import org.normfree.core.record.Json;
import org.normfree.core.record.MetricLine;

/**
 * The file {@code metrics.jsonl} of a run while it is written. Lines come in the order of their
 * steps, and those of a step come before that step's checkpoint: then cutting the file back to the
 * checkpoint and going on gives the bytes of a run that never stopped.
 */
public final class MetricLog implements AutoCloseable {
  private final LineFile lines;

  private MetricLog(LineFile lines) {
    this.lines = lines;
  }

  /** Opens the file empty, for a run that begins at its first step. */
  static MetricLog fresh(Path file) {
    return new MetricLog(LineFile.open(file, line -> false));
  }

  /**
   * Opens the file with the lines up to a checkpoint; the first later or unreadable line and all
   * after it are dropped.
   */
  static MetricLog upTo(Path file, long step) {
    return new MetricLog(LineFile.open(file, line -> stepOf(line) <= step));
  }

  /**
   * @param line a line to add; on the disk's way when the call returns
   * @throws java.io.UncheckedIOException if it cannot be written, for example on a full disk
   */
  public void add(MetricLine line) {
    lines.add(Json.line(line));
  }

  /**
   * Waits until the lines have reached the disk itself; called before a checkpoint is written, so
   * that no power cut leaves a checkpoint without its lines.
   */
  public void force() {
    lines.force();
  }

  @Override
  public void close() {
    lines.close();
  }

  private static long stepOf(String line) {
    try {
      return Json.MAPPER.readValue(line, MetricLine.class).step();
    } catch (JsonProcessingException e) {
      return Long.MAX_VALUE;
    }
  }
}
