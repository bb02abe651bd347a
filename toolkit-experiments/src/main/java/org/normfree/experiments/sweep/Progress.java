package org.normfree.experiments.sweep;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Shows how far a piece of work is and when it will end: a bar on a terminal, and elsewhere a plain
 * line every few seconds. The work consists of equal parts that may go on side by side.
 */
public final class Progress implements AutoCloseable {
  /** Units of one part, fine enough for a bar to move. */
  private static final int UNITS = 1000;

  private final int parts;
  private final Display display;
  private final List<Double> fractions = new ArrayList<>();

  /** How far one part is. */
  @FunctionalInterface
  public interface Part {
    /**
     * @param done steps done, not less than at the last call
     * @param total steps in all
     */
    void report(long done, long total);
  }

  /** Where progress is shown. */
  interface Display extends AutoCloseable {
    /**
     * @param done units done
     * @param total units in all
     * @param whole parts that are complete
     */
    void show(long done, long total, int whole);

    void note(String line);

    @Override
    void close();
  }

  Progress(int parts, Display display) {
    this.parts = parts;
    this.display = display;
  }

  /**
   * Starts showing progress on the standard error stream.
   *
   * @param task what is going on, in a word or two
   * @param parts how many equal parts it has
   * @return the progress at zero
   */
  public static Progress start(String task, int parts) {
    return new Progress(
        parts,
        Terminal.isInteractive()
            ? new BarDisplay(task, parts, UNITS, System.err)
            : new LineDisplay(task, parts, System.err, System::nanoTime));
  }

  /** Begins one of the parts. */
  public synchronized Part part() {
    int index = fractions.size();
    fractions.add(0.0);
    return (done, total) -> report(index, total <= 0 ? 0 : Math.min(1, (double) done / total));
  }

  /**
   * @param line something worth saying while the work goes on
   */
  public synchronized void note(String line) {
    display.note(line);
  }

  /** Ends the display. */
  @Override
  public synchronized void close() {
    display.close();
  }

  private synchronized void report(int index, double fraction) {
    fractions.set(index, fraction);
    double done = fractions.stream().mapToDouble(f -> f).sum();
    int whole = (int) fractions.stream().filter(f -> f >= 1).count();
    display.show(Math.round(done * UNITS), (long) parts * UNITS, whole);
  }

  /** Plain lines, for logs and pipes: the first when the first step is done. */
  static final class LineDisplay implements Display {
    private static final double INTERVAL_SECONDS = 10;

    private final String task;
    private final int parts;
    private final PrintStream out;
    private final TimeLeft time;
    private double next;

    LineDisplay(String task, int parts, PrintStream out, LongSupplier nanoTime) {
      this.task = task;
      this.parts = parts;
      this.out = out;
      time = new TimeLeft(nanoTime);
    }

    @Override
    public void show(long done, long total, int whole) {
      time.report(done, total, whole);
      double elapsed = time.elapsed();
      if (elapsed < next) {
        return;
      }
      next = elapsed + INTERVAL_SECONDS;
      OptionalDouble left = time.seconds();
      out.printf(
          "%s: %s%s %%, %s elapsed%s%n",
          task,
          parts == 1 ? "" : "%s of %s runs, ".formatted(whole, parts),
          100 * done / total,
          Duration.words(elapsed),
          left.isPresent() ? ", about %s left".formatted(Duration.words(left.getAsDouble())) : "");
    }

    @Override
    public void note(String line) {
      out.println(line);
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
