package org.normfree.experiments.run;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.normfree.core.record.Json;

/**
 * The file {@code timing.jsonl}: how long things took. Kept apart from the metrics, which must not
 * depend on time. A resumed run adds to it, so steps that were done twice are in it twice.
 */
public final class TimingLog implements AutoCloseable {
  /**
   * One line.
   *
   * @param event what took the time, for example {@code epoch}, {@code evaluation}, {@code run}
   * @param step optimizer steps done at its end
   * @param seconds wall-clock seconds
   */
  @JsonPropertyOrder({"event", "step", "seconds"})
  public record Line(String event, long step, double seconds) {}

  private final LineFile lines;

  TimingLog(Path file) {
    lines = LineFile.open(file, line -> true);
  }

  /**
   * @param file a file of timings
   * @return its lines, without such as were cut short; none if it cannot be read
   */
  static List<Line> read(Path file) {
    List<Line> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        lines.add(Json.MAPPER.readValue(line, Line.class));
      }
    } catch (IOException e) {
      // not there, or a line that is being written
    }
    return lines;
  }

  /**
   * @param event what took the time
   * @param step optimizer steps done at its end
   * @param seconds wall-clock seconds
   */
  public void add(String event, long step, double seconds) {
    lines.add(Json.line(new Line(event, step, seconds)));
  }

  @Override
  public void close() {
    lines.close();
  }
}
