package org.normfree.core.probe;

import org.apache.commons.math3.fitting.leastsquares.MultivariateJacobianFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;

/**
 * Points with x within ±1, and the curves {@code p + s·tanh(b(x − c))/tanh(b)} through them. That
 * is a tanh in a form whose numbers stay moderate from the line (b → 0) to the step (b → ∞): s is
 * about what the curve rises from 0 to 1 in both.
 *
 * @param x abscissas
 * @param y ordinates
 */
record TanhCurve(double[] x, double[] y) {
  /** Below it {@code tanh(bx)/tanh(b)} loses its derivative to rounding. */
  private static final double NEARLY_STRAIGHT = 1e-3;

  /**
   * A curve and how well it fits.
   *
   * @param level p
   * @param rise s
   * @param slope b
   * @param center c
   * @param error sum of squared residuals
   */
  record Point(double level, double rise, double slope, double center, double error) {
    double[] parameters() {
      return new double[] {level, rise, slope, center};
    }
  }

  /** The curve of a slope and a centre; level and rise are those that fit best. */
  Point at(double slope, double center) {
    int n = x.length;
    double[] shape = new double[n];
    double meanShape = 0;
    double meanY = 0;
    double whole = Math.tanh(slope);
    for (int i = 0; i < n; i++) {
      shape[i] = Math.tanh(slope * (x[i] - center)) / whole;
      meanShape += shape[i] / n;
      meanY += y[i] / n;
    }
    double product = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      double away = shape[i] - meanShape;
      product += away * (y[i] - meanY);
      square += away * away;
    }
    double rise = square == 0 ? 0 : product / square;
    double level = meanY - rise * meanShape;
    double error = 0;
    for (int i = 0; i < n; i++) {
      double residual = y[i] - level - rise * shape[i];
      error += residual * residual;
    }
    // what is no number would win every comparison
    return new Point(
        level, rise, slope, center, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
  }

  /** What an optimizer asks for values and derivatives; it remembers the best it was asked for. */
  Search from(Point start) {
    return new Search(this, start);
  }

  /** Values and derivatives of curves. */
  static final class Search implements MultivariateJacobianFunction {
    private final TanhCurve curve;
    private Point best;

    private Search(TanhCurve curve, Point start) {
      this.curve = curve;
      best = start;
    }

    /** The best curve so far; its slope is not negative. */
    Point best() {
      return best;
    }

    @Override
    public Pair<RealVector, RealMatrix> value(RealVector parameters) {
      double level = parameters.getEntry(0);
      double rise = parameters.getEntry(1);
      // tanh(bx)/tanh(b) is even in b
      double slope = Math.abs(parameters.getEntry(2));
      double sign = Math.signum(parameters.getEntry(2));
      double center = parameters.getEntry(3);
      int n = curve.x.length;
      double[] values = new double[n];
      double[][] jacobian = new double[n][];
      double error = 0;
      double whole = Math.tanh(slope);
      boolean straight = slope < NEARLY_STRAIGHT;
      for (int i = 0; i < n; i++) {
        double away = curve.x[i] - center;
        double t = Math.tanh(slope * away);
        double bend = 1 - t * t;
        double shape = slope == 0 ? away : t / whole;
        // of the shape, by slope
        double change =
            straight
                ? 2 * slope / 3 * away * (1 - away * away)
                : (away * bend * whole - t * (1 - whole * whole)) / (whole * whole);
        double steepness = slope == 0 ? 1 : slope * bend / whole;
        values[i] = level + rise * shape;
        jacobian[i] = new double[] {1, shape, sign * rise * change, -rise * steepness};
        double residual = curve.y[i] - values[i];
        error += residual * residual;
      }
      if (error < best.error) {
        best = new Point(level, rise, slope, center, error);
      }
      return new Pair<>(
          new ArrayRealVector(values, false), new Array2DRowRealMatrix(jacobian, false));
    }
  }
}
