package org.normfree.benchmarks;

/**
 * The line {@code a + b·x} nearest to positive measurements in relative terms: it minimizes the sum
 * of {@code ((a + b·x) / y − 1)²}, so that small values count as much as large ones.
 *
 * @param intercept a
 * @param slope b
 */
record LineFit(double intercept, double slope) {
  /**
   * @param x two different places at least
   * @param y what was measured there, above 0
   */
  static LineFit of(double[] x, double[] y) {
    double w = 0;
    double wx = 0;
    double wxx = 0;
    double wy = 0;
    double wxy = 0;
    for (int i = 0; i < x.length; i++) {
      double weight = 1 / (y[i] * y[i]);
      w += weight;
      wx += weight * x[i];
      wxx += weight * x[i] * x[i];
      wy += weight * y[i];
      wxy += weight * x[i] * y[i];
    }
    double slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
    return new LineFit((wy - slope * wx) / w, slope);
  }

  double at(double x) {
    return intercept + slope * x;
  }
}
