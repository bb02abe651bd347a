package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.MetricLine;

class MetricLogTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("metrics.jsonl");
  }

  private static MetricLine line(long step) {
    return new MetricLine(MetricLine.METRIC, step, 0, "train", Map.of("loss", 1.0 / step));
  }

  private void add(MetricLog log, long first, long last) {
    for (long step = first; step <= last; step++) {
      log.add(line(step));
    }
  }

  private void write(long last) {
    try (MetricLog log = MetricLog.fresh(file)) {
      add(log, 1, last);
    }
  }

  @Test
  void goingOnFromACheckpointGivesTheBytesOfAnUnbrokenRun() throws IOException {
    write(10);
    byte[] unbroken = Files.readAllBytes(file);
    write(7);
    Files.writeString(file, "{\"kind\":\"metr", StandardOpenOption.APPEND);
    try (MetricLog log = MetricLog.upTo(file, 4)) {
      add(log, 5, 10);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(unbroken);
  }

  @Test
  void severalLinesOfTheCheckpointsStepAllStay() throws IOException {
    try (MetricLog log = MetricLog.fresh(file)) {
      log.add(line(4));
      log.add(line(4));
      log.add(line(5));
    }
    MetricLog.upTo(file, 4).close();
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void aHalfWrittenLastLineIsDroppedEvenIfItsStepIsKept() throws IOException {
    write(2);
    byte[] whole = Files.readAllBytes(file);
    // everything but the line end, which is what makes a line complete
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
    MetricLog.upTo(file, 2).close();
    assertThat(Files.readAllLines(file)).hasSize(1);
    assertThat(Files.readString(file)).endsWith("\n");
  }

  @Test
  void nothingAfterADamagedLineIsTrusted() throws IOException {
    write(1);
    Files.writeString(file, "garbage\n", StandardOpenOption.APPEND);
    Files.writeString(file, "{\"step\":2}\n", StandardOpenOption.APPEND);
    MetricLog.upTo(file, 9).close();
    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void aRunFromTheStartDropsWhatWasThere() throws IOException {
    write(3);
    MetricLog.fresh(file).close();
    assertThat(file).isEmptyFile();
  }

  @Test
  void aLineIsInTheFileWhenTheCallReturns() throws IOException {
    try (MetricLog log = MetricLog.fresh(file)) {
      log.add(line(1));
      assertThat(Files.readString(file))
          .isEqualTo(
              "{\"kind\":\"metric\",\"step\":1,\"epoch\":0,\"scope\":\"train\",\"values\":{\"loss\":1.0}}\n");
    }
  }

  @Test
  void aFullDiskIsToldWithTheFilesName() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full));
    try (LineFile lines = LineFile.open(full, line -> true)) {
      assertThatThrownBy(() -> lines.add("x"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot write /dev/full: No space left on device");
    }
  }

  @Test
  void timingsAreAddedAcrossInterruptions() throws IOException {
    Path timing = folder.resolve("timing.jsonl");
    try (TimingLog log = new TimingLog(timing)) {
      log.add("epoch", 5, 1.5);
    }
    Files.writeString(timing, "{\"event\":", StandardOpenOption.APPEND);
    try (TimingLog log = new TimingLog(timing)) {
      log.add("epoch", 10, 2.0);
    }
    assertThat(Files.readAllLines(timing))
        .containsExactly(
            "{\"event\":\"epoch\",\"step\":5,\"seconds\":1.5}",
            "{\"event\":\"epoch\",\"step\":10,\"seconds\":2.0}");
  }
}
