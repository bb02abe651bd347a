package org.normfree.plots.table;

import java.math.BigDecimal;

/**
 * A number with as many digits as are shown of it.
 *
 * @param value the rounded value; its scale says how many digits follow the point
 * @param scientific whether it is shown as a mantissa and a power of ten
 */
record Decimal(BigDecimal value, boolean scientific) {
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /**
   * @return the power of ten it is shown with; 0 if it is shown without one
   */
  int exponent() {
    return scientific && value.signum() != 0 ? value.precision() - value.scale() - 1 : 0;
  }

  /** What stands before the power of ten, with an ASCII minus. */
  String mantissa() {
    return value.scaleByPowerOfTen(-exponent()).toPlainString();
  }

  /** How a program or LaTeX's siunitx reads it, for example {@code -1.5e-7}. */
  String ascii() {
    return exponent() == 0 ? mantissa() : mantissa() + "e" + exponent();
  }

  /** How a person reads it, for example {@code −1.5 × 10⁻⁷}. */
  String shown() {
    String mantissa = mantissa().replace('-', '−');
    return exponent() == 0 ? mantissa : mantissa + " × 10" + superscript(exponent());
  }

  /** The part of {@link #shown} up to the decimal point. */
  String beforePoint() {
    String shown = shown();
    int end = shown.indexOf('.') >= 0 ? shown.indexOf('.') : shown.indexOf(' ');
    return end < 0 ? shown : shown.substring(0, end);
  }

  private static String superscript(int exponent) {
    StringBuilder out = new StringBuilder(exponent < 0 ? "⁻" : "");
    Integer.toString(Math.abs(exponent))
        .chars()
        .forEach(digit -> out.append(SUPERSCRIPTS.charAt(digit - '0')));
    return out.toString();
  }
}
