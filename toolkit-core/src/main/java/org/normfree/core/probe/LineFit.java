package org.normfree.core.probe;

import java.util.Arrays;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * The least-squares line through points.
 *
 * @param slope slope
 * @param intercept value at 0
 * @param r2 coefficient of determination, 1 for a perfect fit; 0 where y does not vary
 */
public record LineFit(double slope, double intercept, double r2) {
  /** How many numbers it is fitted by. */
  static final int FREEDOMS = 2;

  /**
   * @param x abscissas; where they are all the same the line is level
   * @param y ordinates, at least one
   */
  public static LineFit of(double[] x, double[] y) {
    SimpleRegression regression = new SimpleRegression();
    for (int i = 0; i < x.length; i++) {
      regression.addData(x[i], y[i]);
    }
    double slope = regression.getSlope();
    if (!Double.isFinite(slope)) {
      return new LineFit(0, Arrays.stream(y).average().orElseThrow(), 0);
    }
    return new LineFit(
        slope,
        regression.getIntercept(),
        regression.getTotalSumSquares() == 0 ? 0 : regression.getRSquare());
  }

  /** The line's value. */
  public double at(double x) {
    return slope * x + intercept;
  }
}
