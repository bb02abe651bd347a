package org.normfree.experiments.sweep;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar with the time gone and the time left, redrawn in place on the last line of a terminal. What
 * is written to the standard error stream meanwhile comes to stand above it.
 */
final class BarDisplay implements Progress.Display {
  private static final String CLEAR_LINE = "\r\u001b[2K";
  private static final int COLUMNS = 79;
  private static final double MILLIS = 1000;

  private final PrintStream terminal;
  private final PrintStream before = System.err;
  private final PrintStream above;
  private final TimeLeft time = new TimeLeft(System::nanoTime);
  private final Thread end = new Thread(this::stop);
  private final ProgressBar bar;
  private String drawn = "";
  private boolean midLine;
  private boolean stopped;

  /**
   * @param task what is going on
   * @param parts how many equal parts it has
   * @param units of a part
   * @param terminal where it is drawn
   */
  BarDisplay(String task, int parts, int units, PrintStream terminal) {
    this.terminal = terminal;
    above = new PrintStream(new Above(), true, charset());
    System.setErr(above);
    Runtime.getRuntime().addShutdownHook(end);
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
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, COLUMNS))
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
    above.println(line);
  }

  @Override
  public void close() {
    bar.close();
    synchronized (this) {
      stopped = true;
      terminal.println();
    }
    if (System.err == above) {
      System.setErr(before);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // the process ends
    }
  }

  /** The process ends: no bar is to be left behind, or drawn over last words. */
  private synchronized void stop() {
    if (!stopped && !midLine) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
    }
    stopped = true;
  }

  private synchronized void draw(String line) {
    drawn = line;
    redraw();
  }

  private void redraw() {
    if (!stopped && !midLine) {
      terminal.print(CLEAR_LINE + drawn);
      terminal.flush();
    }
  }

  /** The encoding of the terminal, which Java tells by one name or another. */
  private static Charset charset() {
    String name =
        System.getProperty("stderr.encoding", System.getProperty("sun.stderr.encoding", ""));
    return name.isEmpty() ? Charset.defaultCharset() : Charset.forName(name);
  }

  /** Takes the bar away for what is written, and draws it again below. */
  private final class Above extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      synchronized (BarDisplay.this) {
        if (length == 0) {
          return;
        }
        if (!stopped && !midLine) {
          terminal.print(CLEAR_LINE);
        }
        terminal.write(bytes, offset, length);
        terminal.flush();
        midLine = bytes[offset + length - 1] != '\n';
        redraw();
      }
    }
  }
}
