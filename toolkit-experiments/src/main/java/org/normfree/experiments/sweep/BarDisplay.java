package org.normfree.experiments.sweep;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar with the time gone and the time left, redrawn in place on the {@linkplain LastLine last
 * line} of a terminal.
 */
final class BarDisplay implements Progress.Display {
  private static final int COLUMNS = 79;
  private static final double MILLIS = 1000;

  private final LastLine line;
  private final TimeLeft time = new TimeLeft(System::nanoTime);
  private final ProgressBar bar;

  /**
   * @param task what is going on
   * @param parts how many equal parts it has
   * @param units of a part
   * @param terminal where it is drawn
   */
  BarDisplay(String task, int parts, int units, PrintStream terminal) {
    line = new LastLine(terminal);
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax((long) parts * units)
            .setUnit(parts == 1 ? "" : " runs", units)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            // the clock goes on while nothing else does
            .continuousUpdate()
            .setEtaFunction(state -> left())
            // a consumer of the library's own would leave Ctrl-C to the system, which says nothing
            .setConsumer(new DelegatingProgressBarConsumer(line::draw, COLUMNS))
            .build();
    bar.setExtraMessage("starting");
  }

  @Override
  public void show(long done, long total, int whole) {
    time.report(done, total, whole);
    bar.setExtraMessage("");
    bar.stepTo(done);
  }

  private Optional<Duration> left() {
    OptionalDouble seconds = time.seconds();
    return seconds.isPresent()
        ? Optional.of(Duration.ofMillis(Math.round(seconds.getAsDouble() * MILLIS)))
        : Optional.empty();
  }

  @Override
  public void note(String line) {
    this.line.note(line);
  }

  @Override
  public void close() {
    bar.close();
    line.leave();
  }
}
