package org.normfree.experiments.sweep;

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
        ? "%d min %02d s".formatted(s / 60, s % 60)
        : "%d h %02d min".formatted(s / 3600, s / 60 % 60);
  }
}
