package org.normfree.core.probe;

import java.util.Arrays;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * The least-squares fit of {@code a·tanh(b·x)}. For a given b the best a is {@code Σyt/Σt²}, so
 * only b is searched for: on a grid of powers of two around 1 over the largest |x|, then by Brent's
 * method.
 *
 * @param scale a
 * @param slope b, &gt; 0
 * @param r2 coefficient of determination, 1 for a perfect fit
 */
public record TanhFit(double scale, double slope, double r2) {
  private static final int OCTAVES_BELOW = 4;
  private static final int OCTAVES_ABOVE = 8;

  /**
   * @param x abscissas, not all 0
   * @param y ordinates
   */
  public static TanhFit of(double[] x, double[] y) {
    double largest = Arrays.stream(x).map(Math::abs).max().orElse(1);
    double best = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int octave = -OCTAVES_BELOW; octave <= OCTAVES_ABOVE; octave++) {
      double logSlope = octave * Math.log(2) - Math.log(largest);
      double error = error(x, y, logSlope);
      if (error < smallest) {
        smallest = error;
        best = logSlope;
      }
    }
    double logSlope =
        new BrentOptimizer(1e-10, 1e-12)
            .optimize(
                new MaxEval(200),
                GoalType.MINIMIZE,
                new UnivariateObjectiveFunction(s -> error(x, y, s)),
                new SearchInterval(best - Math.log(2), best + Math.log(2), best))
            .getPoint();
    double mean = Arrays.stream(y).average().orElse(0);
    double total = Arrays.stream(y).map(v -> (v - mean) * (v - mean)).sum();
    double slope = Math.exp(logSlope);
    return new TanhFit(scale(x, y, slope), slope, 1 - error(x, y, logSlope) / total);
  }

  private static double scale(double[] x, double[] y, double slope) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      double t = Math.tanh(slope * x[i]);
      product += y[i] * t;
      square += t * t;
    }
    return product / square;
  }

  private static double error(double[] x, double[] y, double logSlope) {
    double slope = Math.exp(logSlope);
    double scale = scale(x, y, slope);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = y[i] - scale * Math.tanh(slope * x[i]);
      sum += difference * difference;
    }
    return sum;
  }
}
