package org.normfree.experiments.config;

/**
 * An interval of numbers that can be said in words.
 *
 * @param low the lower end
 * @param lowOpen whether the lower end itself is excluded
 * @param high the upper end
 * @param highOpen whether the upper end itself is excluded
 */
public record Range(double low, boolean lowOpen, double high, boolean highOpen) {
  /** Every finite number. */
  public static Range any() {
    return new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);
  }

  /**
   * @param low the smallest allowed number
   * @return this range from {@code low} on
   */
  public Range atLeast(double low) {
    return new Range(low, false, high, highOpen);
  }

  /**
   * @param low a number below every allowed one
   * @return the part of this range above {@code low}
   */
  public Range above(double low) {
    return new Range(low, true, high, highOpen);
  }

  /**
   * @param high the largest allowed number
   * @return this range up to {@code high}
   */
  public Range atMost(double high) {
    return new Range(low, lowOpen, high, false);
  }

  /**
   * @param high a number above every allowed one
   * @return the part of this range below {@code high}
   */
  public Range below(double high) {
    return new Range(low, lowOpen, high, true);
  }

  /**
   * @param value a number
   * @return whether it lies in this range; NaN and the infinities never do
   */
  public boolean contains(double value) {
    return Double.isFinite(value)
        && (lowOpen ? value > low : value >= low)
        && (highOpen ? value < high : value <= high);
  }

  /**
   * Says the range after a noun, as in "a number > 0" or "an integer in [1, 9]".
   *
   * @return words with a leading space; empty for every number
   */
  String words() {
    boolean bounded = Double.isFinite(low);
    if (!Double.isFinite(high)) {
      return bounded ? (lowOpen ? " > " : " >= ") + plain(low) : "";
    }
    return bounded
        ? " in " + (lowOpen ? "(" : "[") + plain(low) + ", " + plain(high) + (highOpen ? ")" : "]")
        : (highOpen ? " < " : " <= ") + plain(high);
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
