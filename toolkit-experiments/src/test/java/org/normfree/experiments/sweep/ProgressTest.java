package org.normfree.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final String CLEARED = "\r\u001b[2K";

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
      seconds = 30;
      first.report(10, 10);
      seconds = 60;
      second.report(5, 10);
    }
    assertThat(written())
        .containsExactly(
            "method-comparison: 1 of 4 runs, 25 %, 30 s elapsed, about 1 min 30 s left",
            "method-comparison: 1 of 4 runs, 37 %, 1 min 00 s elapsed, about 1 min 40 s left");
  }

  @Test
  void aSingleRunIsNotCountedNorItsStartUp() {
    try (Progress progress = lines("train", 1)) {
      Progress.Part part = progress.part();
      seconds = 20;
      part.report(5, 100);
      seconds = 30;
      part.report(25, 100);
    }
    assertThat(written())
        .containsExactly("train: 5 %, 20 s elapsed", "train: 25 %, 30 s elapsed, about 38 s left");
  }

  @Test
  void noTimeLeftIsToldBeforeATwentiethOfWhatThereWasToDo() {
    TimeLeft left = new TimeLeft(() -> seconds * 1_000_000_000L);
    assertThat(left.seconds()).isEmpty();
    seconds = 7;
    left.report(600, 1000, 0); // a run that goes on where it was interrupted
    assertThat(left.seconds()).isEmpty();
    seconds = 8;
    left.report(619, 1000, 0);
    assertThat(left.seconds()).isEmpty();
    seconds = 9;
    left.report(620, 1000, 0);
    assertThat(left.seconds()).hasValue(2 * 380 / 20.0);
    left.report(1000, 1000, 1);
    assertThat(left.seconds()).isEmpty();
  }

  @Test
  void theFirstPlainLineComesWithTheFirstStepAndOthersAtMostEveryTenSeconds() {
    try (Progress progress = lines("train", 1)) {
      Progress.Part part = progress.part();
      for (seconds = 3; seconds < 38; seconds++) {
        part.report(seconds - 2, 100);
      }
    }
    assertThat(written()).hasSize(4).first().isEqualTo("train: 1 %, 3 s elapsed");
  }

  @Test
  void whatIsWrittenWhileABarIsDrawnStandsAboveIt() throws Exception {
    PrintStream before = System.err;
    BarDisplay bar = new BarDisplay("train", 1, 1000, out);
    try {
      System.err.println("a warning");
      bar.show(10, 1000, 0);
      System.err.print("half ");
      System.err.println("and half");
    } finally {
      bar.close();
    }
    assertThat(System.err).isSameAs(before);
    List<String> lines = shown(bytes.toString(StandardCharsets.UTF_8));
    assertThat(lines.subList(0, 2)).containsExactly("a warning", "half and half");
    assertThat(lines.get(2)).startsWith("train ").contains("1%").doesNotContain("half");
  }

  /** What a terminal shows of this. */
  private static List<String> shown(String written) {
    return Pattern.compile("\n")
        .splitAsStream(written)
        .map(line -> line.substring(line.lastIndexOf(CLEARED) < 0 ? 0 : line.lastIndexOf(CLEARED)))
        .map(line -> line.replace(CLEARED, ""))
        .toList();
  }

  @Test
  void timeIsSaidInTheUnitThatFits() {
    assertThat(Duration.words(41.6)).isEqualTo("42 s");
    assertThat(Duration.words(185)).isEqualTo("3 min 05 s");
    assertThat(Duration.words(7800)).isEqualTo("2 h 10 min");
  }
}
