package org.normfree.experiments.sweep;

import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * How long a piece of work still takes, which is told once a twentieth of what there was to do is
 * done. Until one of its parts is complete, the time before the first step does not count: no other
 * step takes as long.
 */
final class TimeLeft {
  private static final double TOLD_FROM = 0.05;
  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private final long start;
  private long firstTime;
  private long firstDone = -1;
  private long done;
  private long total;
  private boolean partComplete;

  TimeLeft(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    start = nanoTime.getAsLong();
  }

  /**
   * Takes note of progress.
   *
   * @param done units done
   * @param total units in all
   * @param whole parts that are complete
   */
  synchronized void report(long done, long total, int whole) {
    if (firstDone < 0) {
      firstTime = nanoTime.getAsLong();
      firstDone = done;
    }
    this.done = done;
    this.total = total;
    partComplete = whole > 0;
  }

  /** Seconds since the work began. */
  double elapsed() {
    return (nanoTime.getAsLong() - start) / NANOS;
  }

  /** Seconds until the work ends; empty while nobody can know, and when it has ended. */
  synchronized OptionalDouble seconds() {
    if (firstDone < 0 || done >= total) {
      return OptionalDouble.empty();
    }
    long since = partComplete ? 0 : firstDone;
    double taken = (nanoTime.getAsLong() - (partComplete ? start : firstTime)) / NANOS;
    long did = done - since;
    return taken <= 0 || did < TOLD_FROM * (total - since)
        ? OptionalDouble.empty()
        : OptionalDouble.of(taken * (total - done) / did);
  }
}
