package org.normfree.experiments.sweep;

import java.util.Locale;

/** Says a span of time in words. */
public final class Duration {
  private Duration() {}

  /**
   * @param seconds a span of time
   * @return for example {@code "42 s"}, {@code "3 min 05 s"}, {@code "2 h 10 min"}
   */
  public static String words(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
  }
}
