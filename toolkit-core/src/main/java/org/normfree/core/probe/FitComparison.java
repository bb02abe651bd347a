package org.normfree.core.probe;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;

/**
 * Whether points look more like a tanh than like a line: both fitted to all of them, and how much
 * of the variance the tanh explains that the line does not. Each R² is adjusted for the numbers its
 * curve is fitted by, {@code 1 − (SSE/(n − k))/(SST/(n − 1))} with k = 2 and k = 4, so that a
 * difference above 0 is not owed to the two that the tanh has more. All are 0 where there is
 * nothing to explain, or no point more than numbers to fit.
 *
 * @param line the least-squares line
 * @param tanh the least-squares tanh
 * @param lineR2 adjusted R² of the line
 * @param tanhR2 adjusted R² of the tanh
 * @param deltaR2 the second less the first
 * @param tailDeltaR2 the same over the outer 5 % of the inputs on either side alone: the share of
 *     their own variance; the curves are those fitted to all points
 */
public record FitComparison(
    LineFit line, TanhFit tanh, double lineR2, double tanhR2, double deltaR2, double tailDeltaR2) {
  private static final double TAIL = 0.05;

  /**
   * @param x abscissas
   * @param y ordinates, at least one
   * @return the comparison, the same for the same points
   */
  public static FitComparison of(double[] x, double[] y) {
    LineFit line = LineFit.of(x, y);
    TanhFit tanh = TanhFit.of(x, y);
    int n = x.length;
    if (n <= TanhFit.FREEDOMS) {
      return new FitComparison(line, tanh, 0, 0, 0, 0);
    }
    double perLine = (n - 1.0) / (n - LineFit.FREEDOMS);
    double perTanh = (n - 1.0) / (n - TanhFit.FREEDOMS);
    Shares all = Shares.of(x, y, i -> true, line, tanh);
    Shares tails = Shares.of(x, y, tails(x), line, tanh);
    return new FitComparison(
        line,
        tanh,
        all.explained(perLine * all.lineError),
        all.explained(perTanh * all.tanhError),
        all.difference(perLine, perTanh),
        tails.difference(perLine, perTanh));
  }

  /** Indices of the outer points; by value, so that equal inputs are all in or all out. */
  private static IntPredicate tails(double[] x) {
    double[] sorted = x.clone();
    Arrays.sort(sorted);
    int count = (int) Math.ceil(TAIL * x.length);
    double low = sorted[count - 1];
    double high = sorted[x.length - count];
    return i -> x[i] <= low || x[i] >= high;
  }

  /** Sums of squares over some of the points. */
  private record Shares(double total, double lineError, double tanhError) {
    static Shares of(double[] x, double[] y, IntPredicate counts, LineFit line, TanhFit tanh) {
      int n = 0;
      double mean = 0;
      for (int i = 0; i < x.length; i++) {
        if (counts.test(i)) {
          n++;
          mean += (y[i] - mean) / n;
        }
      }
      double level = mean;
      return new Shares(
          squares(x, y, counts, v -> level),
          squares(x, y, counts, line::at),
          squares(x, y, counts, tanh::at));
    }

    private static double squares(
        double[] x, double[] y, IntPredicate counts, DoubleUnaryOperator curve) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        if (counts.test(i)) {
          double residual = y[i] - curve.applyAsDouble(x[i]);
          sum += residual * residual;
        }
      }
      return sum;
    }

    double explained(double error) {
      return total == 0 ? 0 : 1 - error / total;
    }

    double difference(double perLine, double perTanh) {
      return total == 0 ? 0 : (perLine * lineError - perTanh * tanhError) / total;
    }
  }
}
