package org.normfree.core.optim.weighting;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * Inner products of gradients, divided by their trace, and the small problems on them: systems of
 * equations, and minima that are found exactly by trying which unknowns are above 0.
 */
final class Gram {
  /** Most unknowns whose every support is tried: 63 systems. */
  static final int MOST_EXACT = 6;

  /** Pivots below it make a system singular; those that hold are found on a smaller support. */
  private static final double SINGULAR = 1e-14;

  private final double[][] products;
  private final double trace;

  Gram(double[][] products) {
    double sum = 0;
    for (int i = 0; i < products.length; i++) {
      sum += products[i][i];
    }
    trace = sum > 0 ? sum : 1;
    this.products = new double[products.length][];
    for (int i = 0; i < products.length; i++) {
      this.products[i] = Arrays.stream(products[i]).map(p -> p / trace).toArray();
    }
  }

  /** Number of gradients. */
  int size() {
    return products.length;
  }

  /** What all products were divided by. */
  double trace() {
    return trace;
  }

  /** The scaled inner product of two gradients. */
  double at(int i, int j) {
    return products[i][j];
  }

  /** Their inner products with {@code Σ a_i g_i}, scaled. */
  double[] times(double... a) {
    double[] result = new double[size()];
    for (int i = 0; i < size(); i++) {
      for (int j = 0; j < size(); j++) {
        result[i] += products[i][j] * a[j];
      }
    }
    return result;
  }

  /** The scaled square of the length of {@code Σ a_i g_i}; never below 0. */
  double square(double... a) {
    return Math.max(0, dot(a, times(a)));
  }

  /** The scaled length of a gradient. */
  double length(int i) {
    return Math.sqrt(Math.max(0, products[i][i]));
  }

  /** The products of gradients divided by other lengths. */
  Gram over(double... lengths) {
    double[][] scaled = new double[size()][size()];
    for (int i = 0; i < size(); i++) {
      for (int j = 0; j < size(); j++) {
        double divisor = lengths[i] * lengths[j];
        scaled[i][j] = divisor > 0 ? products[i][j] / divisor : 0;
      }
    }
    return new Gram(scaled);
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * The x with {@code M x = b} on a support.
   *
   * @param support rows and columns of M that count
   * @param right b on the support
   * @return x on the support; nothing if M is singular there
   */
  Optional<double[]> solve(int[] support, double... right) {
    RealMatrix m = new Array2DRowRealMatrix(support.length, support.length);
    for (int i = 0; i < support.length; i++) {
      for (int j = 0; j < support.length; j++) {
        m.setEntry(i, j, products[support[i]][support[j]]);
      }
    }
    return solve(m, right);
  }

  /** Solves a system, refined once; nothing if it is singular. */
  static Optional<double[]> solve(RealMatrix m, double... right) {
    LUDecomposition lu = new LUDecomposition(m, SINGULAR);
    if (!lu.getSolver().isNonSingular()) {
      return Optional.empty();
    }
    RealVector b = new ArrayRealVector(right);
    RealVector x = lu.getSolver().solve(b);
    RealVector left = b.subtract(m.operate(x));
    return Optional.of(x.add(lu.getSolver().solve(left)).toArray());
  }

  /**
   * Tries every support.
   *
   * @param unknowns how many there are, at most {@value #MOST_EXACT}
   * @param candidate the solution on a support, all of it; nothing if there is none
   * @param objective what is least at the answer
   * @return the candidate of the least objective, of those without a negative number
   */
  static Optional<double[]> least(
      int unknowns,
      Function<int[], Optional<double[]>> candidate,
      ToDoubleFunction<double[]> objective) {
    double least = Double.POSITIVE_INFINITY;
    Optional<double[]> best = Optional.empty();
    for (int subset = 1; subset < 1 << unknowns; subset++) {
      Optional<double[]> found = candidate.apply(members(subset));
      if (found.isPresent() && Arrays.stream(found.get()).allMatch(a -> a >= 0)) {
        double value = objective.applyAsDouble(found.get());
        if (value < least) {
          least = value;
          best = found;
        }
      }
    }
    return best;
  }

  private static int[] members(int subset) {
    int[] members = new int[Integer.bitCount(subset)];
    int count = 0;
    for (int i = 0; subset >> i != 0; i++) {
      if ((subset >> i & 1) != 0) {
        members[count++] = i;
      }
    }
    return members;
  }

  /** Numbers on a support among zeros. */
  double[] spread(int[] support, double... values) {
    double[] all = new double[size()];
    for (int i = 0; i < support.length; i++) {
      all[support[i]] = values[i];
    }
    return all;
  }
}
