package org.normfree.plots.chart;

/** From where to where an axis goes: over what is drawn along it, or as it was asked for. */
final class AxisRange {
  private static final double MARGIN = 0.045;

  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private double lowAboveZero = Double.POSITIVE_INFINITY;
  private boolean fixed;

  void add(double... values) {
    for (double value : values) {
      if (!fixed && Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        lowAboveZero = value > 0 ? Math.min(lowAboveZero, value) : lowAboveZero;
      }
    }
  }

  void fix(double fixedLow, double fixedHigh) {
    low = fixedLow;
    high = fixedHigh;
    fixed = true;
  }

  /**
   * @param logarithmic whether ratios count
   * @return lower and upper end, with a little room beyond what was added
   */
  double[] limits(boolean logarithmic) {
    if (low > high || (logarithmic && high <= 0)) {
      return new double[] {logarithmic ? 0.1 : 0, 1};
    }
    if (fixed) {
      return new double[] {low, high};
    }
    if (logarithmic) {
      double factor = Math.pow(Math.max(high / lowAboveZero, 1.1), MARGIN);
      return new double[] {lowAboveZero / factor, high * factor};
    }
    double margin = MARGIN * (high > low ? high - low : Math.max(1e-3, Math.abs(high)));
    return new double[] {low - margin, high + margin};
  }
}
