package org.normfree.plots.chart;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Where an axis has its marks: at round numbers, or at powers of ten. */
final class Ticks {
  private static final double ROUNDING = 1e-9;
  private static final int DECADES_WITH_SMALL_MARKS = 6;

  private Ticks() {}

  /**
   * @param low the axis' lower end
   * @param high its upper end, above it
   * @param most how many marks there is room for
   * @return marks at multiples of 1, 2 or 5 times a power of ten
   */
  static List<Tick> linear(double low, double high, int most) {
    double largest = Math.max(Math.abs(low), Math.abs(high));
    if (high - low <= ROUNDING * largest) {
      return List.of(new Tick(low, Numerals.text(low, 6)));
    }
    BigDecimal step = step((high - low) / Math.max(1, most));
    long first = (long) Math.ceil(low / step.doubleValue() - ROUNDING);
    long last = (long) Math.floor(high / step.doubleValue() + ROUNDING);
    List<Tick> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      BigDecimal value = step.multiply(BigDecimal.valueOf(i));
      String label =
          largest >= 1e6 || largest < 1e-3
              ? Numerals.text(value.doubleValue(), 6)
              : Numerals.minus(
                  value
                      .setScale(Math.max(0, step.scale()), RoundingMode.HALF_EVEN)
                      .toPlainString());
      ticks.add(new Tick(value.doubleValue(), label));
    }
    return ticks;
  }

  /** The smallest of 1, 2 and 5 times a power of ten that is not below a given step. */
  private static BigDecimal step(double atLeast) {
    int exponent = (int) Math.floor(Math.log10(atLeast));
    double factor = atLeast / Math.pow(10, exponent);
    int round =
        factor <= 1 + ROUNDING ? 1 : factor <= 2 + ROUNDING ? 2 : factor <= 5 + ROUNDING ? 5 : 10;
    return BigDecimal.valueOf(round).scaleByPowerOfTen(exponent).stripTrailingZeros();
  }

  /**
   * @param low the axis' lower end, above 0
   * @param high its upper end, above it
   * @param most how many labels there is room for
   * @return marks at powers of ten; at 1, 2 and 5 times them, or at round numbers, where there are
   *     fewer than two of those
   */
  static List<Tick> logarithmic(double low, double high, int most) {
    int first = (int) Math.ceil(Math.log10(low) - ROUNDING);
    int last = (int) Math.floor(Math.log10(high) + ROUNDING);
    if (last - first >= 1) {
      return decades(low, high, first, last, most);
    }
    List<Tick> ticks = new ArrayList<>();
    for (int exponent = first - 1; exponent <= last + 1; exponent++) {
      for (int factor : new int[] {1, 2, 5}) {
        double value = BigDecimal.valueOf(factor).scaleByPowerOfTen(exponent).doubleValue();
        if (value >= low * (1 - ROUNDING) && value <= high * (1 + ROUNDING)) {
          ticks.add(new Tick(value, Numerals.text(value, 2)));
        }
      }
    }
    return ticks.size() > 1 ? ticks : linear(low, high, most);
  }

  private static List<Tick> decades(double low, double high, int first, int last, int most) {
    int stride = Math.max(1, (int) Math.ceil((last - first + 1) / (double) Math.max(1, most)));
    boolean small = stride == 1 && last - first < DECADES_WITH_SMALL_MARKS;
    List<Tick> ticks = new ArrayList<>();
    for (int exponent = first - 1; exponent <= last; exponent++) {
      double power = Math.pow(10, exponent);
      if (exponent >= first) {
        boolean labelled = (exponent - first) % stride == 0;
        ticks.add(new Tick(power, labelled ? Numerals.power(exponent) : ""));
      }
      for (int factor = 2; small && factor < 10; factor++) {
        if (factor * power >= low && factor * power <= high) {
          ticks.add(new Tick(factor * power, ""));
        }
      }
    }
    return ticks;
  }
}
