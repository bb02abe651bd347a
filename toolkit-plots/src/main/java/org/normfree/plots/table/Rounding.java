package org.normfree.plots.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/**
 * How many digits of an estimate and of its interval are shown: two of the interval's half-width,
 * which is as much as the estimate is worth; four of the estimate itself where there is no
 * interval.
 *
 * @param digits digits after the point, or all digits of the mantissa if {@code scientific}
 * @param scientific whether numbers are shown as a mantissa and a power of ten
 */
record Rounding(int digits, boolean scientific) {
  private static final int WITHOUT_INTERVAL = 4;
  private static final int MOST_PLACES = 6;
  private static final int MOST_SIGNIFICANT = 5;
  private static final double LARGE = 1e6;
  private static final double SMALL = 1e-4;

  /**
   * @param estimate a finite number
   * @param interval its two ends; null if there are none
   * @param scientific whether it stands among numbers that need a power of ten
   * @return the rounding of all three
   */
  static Rounding of(double estimate, List<Double> interval, boolean scientific) {
    double half = half(interval);
    if (scientific) {
      int significant =
          half > 0
              ? 2 + magnitude(largest(estimate, half)) - magnitude(half)
              : WITHOUT_INTERVAL - 1;
      return new Rounding(Math.max(2, Math.min(MOST_SIGNIFICANT, significant)), true);
    }
    int places =
        half > 0
            ? 1 - magnitude(half)
            : half == 0 || estimate == 0 ? 2 : WITHOUT_INTERVAL - 1 - magnitude(estimate);
    return new Rounding(Math.max(0, Math.min(MOST_PLACES, places)), false);
  }

  /**
   * @return whether plain digits would show a row of zeros, or more of them than can be read
   */
  static boolean needsPowerOfTen(double estimate, List<Double> interval) {
    double half = half(interval);
    double largest = largest(estimate, Double.isNaN(half) ? 0 : half);
    return largest >= LARGE || (largest > 0 && largest < SMALL);
  }

  /**
   * @return whether an interval can be shown
   */
  static boolean known(List<Double> interval) {
    return interval != null
        && interval.size() == 2
        && interval.stream().allMatch(Rounding::isNumber);
  }

  /**
   * @return whether there is a number that can be shown
   */
  static boolean isNumber(Double number) {
    return number != null && Double.isFinite(number);
  }

  /** Rounds one number. */
  Decimal apply(double number) {
    BigDecimal exact = BigDecimal.valueOf(number);
    if (!scientific) {
      return new Decimal(exact.setScale(digits, RoundingMode.HALF_EVEN), false);
    }
    if (exact.signum() == 0) {
      return new Decimal(BigDecimal.ZERO, true);
    }
    BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    // a number of fewer digits than are shown gets its zeros back
    return new Decimal(
        rounded.setScale(rounded.scale() + digits - rounded.precision(), RoundingMode.UNNECESSARY),
        true);
  }

  private static double half(List<Double> interval) {
    return known(interval) ? Math.abs(interval.get(1) - interval.get(0)) / 2 : Double.NaN;
  }

  private static double largest(double estimate, double half) {
    return Math.max(Math.abs(estimate), half);
  }

  private static int magnitude(double number) {
    return (int) Math.floor(Math.log10(Math.abs(number)));
  }
}
