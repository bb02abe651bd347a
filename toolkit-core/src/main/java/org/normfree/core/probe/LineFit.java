package org.normfree.core.probe;

import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * The least-squares line through points.
 *
 * @param slope slope
 * @param intercept value at 0
 * @param r2 coefficient of determination, 1 for a perfect fit
 */
public record LineFit(double slope, double intercept, double r2) {
  /**
   * @param x abscissas, at least two different ones
   * @param y ordinates
   */
  public static LineFit of(double[] x, double[] y) {
    SimpleRegression regression = new SimpleRegression();
    for (int i = 0; i < x.length; i++) {
      regression.addData(x[i], y[i]);
    }
    return new LineFit(regression.getSlope(), regression.getIntercept(), regression.getRSquare());
  }
}
