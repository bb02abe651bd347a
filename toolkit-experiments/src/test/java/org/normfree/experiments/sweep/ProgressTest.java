package org.normfree.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long seconds;

  private Progress lines(String task, int parts) {
    return new Progress(
        parts, new Progress.LineDisplay(task, parts, out, () -> seconds * 1_000_000_000L));
  }

  private List<String> written() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aPlainLineTellsShareTimeGoneAndTimeLeft() {
    try (Progress progress = lines("method-comparison", 4)) {
      Progress.Part first = progress.part();
      Progress.Part second = progress.part();
      first.report(10, 10);
      seconds = 60;
      second.report(5, 10);
    }
    assertThat(written())
        .containsExactly(
            "method-comparison: 1 of 4 runs, 37 %, 1 min 00 s elapsed, about 1 min 40 s left");
  }

  @Test
  void aSingleRunIsNotCounted() {
    try (Progress progress = lines("train", 1)) {
      Progress.Part part = progress.part();
      seconds = 30;
      part.report(1, 4);
    }
    assertThat(written()).containsExactly("train: 25 %, 30 s elapsed, about 1 min 30 s left");
  }

  @Test
  void plainLinesComeAtMostEveryTenSeconds() {
    try (Progress progress = lines("train", 1)) {
      Progress.Part part = progress.part();
      for (seconds = 0; seconds < 35; seconds++) {
        part.report(seconds + 1, 100);
      }
    }
    assertThat(written()).hasSize(3);
  }

  @Test
  void timeIsSaidInTheUnitThatFits() {
    assertThat(Duration.words(41.6)).isEqualTo("42 s");
    assertThat(Duration.words(185)).isEqualTo("3 min 05 s");
    assertThat(Duration.words(7800)).isEqualTo("2 h 10 min");
  }
}
