package org.normfree.benchmarks;

import java.util.List;

/**
 * Whether times have settled. A process that was just started becomes faster for some dozens of
 * steps, as Java compiles what it runs and memory finds its place; times from then on count.
 */
final class Settling {
  /** Rounds whose median is compared with that of as many before. */
  static final int WINDOW = 8;

  /** Falls below are taken for noise. */
  private static final double SMALL = 0.03;

  private Settling() {}

  /**
   * @param times of the rounds so far
   * @return whether the median of the last {@value #WINDOW} lies no more than 3 % below that of the
   *     {@value #WINDOW} before; of fewer rounds it cannot be told
   */
  static boolean settled(List<Double> times) {
    int count = times.size();
    if (count < 2 * WINDOW) {
      return false;
    }
    double before = median(times.subList(count - 2 * WINDOW, count - WINDOW));
    return median(times.subList(count - WINDOW, count)) >= (1 - SMALL) * before;
  }

  private static double median(List<Double> times) {
    return new Sample(times.stream().mapToDouble(time -> time).toArray()).median();
  }
}
