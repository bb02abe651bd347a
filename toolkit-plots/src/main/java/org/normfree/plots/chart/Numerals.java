package org.normfree.plots.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Numbers as they are set in figures: {@code −0.25}, {@code 5 × 10⁻⁴}, {@code 10³}. */
public final class Numerals {
  private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?");
  private static final double SMALLEST_PLAIN = 1e-3;
  private static final double LARGEST_PLAIN = 1e6;

  private Numerals() {}

  /**
   * @param exponent a whole number
   * @return that power of ten
   */
  public static String power(int exponent) {
    StringBuilder text = new StringBuilder("10");
    for (char c : Integer.toString(exponent).toCharArray()) {
      text.append(c == '-' ? '⁻' : RAISED.charAt(c - '0'));
    }
    return text.toString();
  }

  /**
   * @param value a finite number
   * @param digits how many significant digits it is rounded to
   * @return it as plain digits where that is short, else with a power of ten
   */
  public static String text(double value, int digits) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
    }
    BigDecimal rounded =
        BigDecimal.valueOf(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    if (rounded.signum() == 0) {
      return "0";
    }
    double size = rounded.abs().doubleValue();
    if (size >= SMALLEST_PLAIN && size < LARGEST_PLAIN) {
      return minus(rounded.stripTrailingZeros().toPlainString());
    }
    int exponent = rounded.precision() - rounded.scale() - 1;
    String factor =
        minus(rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString());
    return switch (factor) {
      case "1" -> power(exponent);
      case "−1" -> "−" + power(exponent);
      default -> factor + " × " + power(exponent);
    };
  }

  /**
   * @param value a number to which some places are due
   * @param places how many decimals
   * @return it with so many, and a real minus sign
   */
  public static String fixed(double value, int places) {
    String text =
        BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    return text.matches("-0[.0]*") ? text.substring(1) : minus(text);
  }

  /**
   * @param text what may be a number, as {@code 0.0005}
   * @return the number in figures' form; what is none as it stands
   */
  public static String words(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return text;
    }
    return text.matches("[+-]?\\d{1,6}") ? minus(text) : text(Double.parseDouble(text), 6);
  }

  static String minus(String text) {
    return text.replace('-', '−');
  }
}
