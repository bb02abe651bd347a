package org.normfree.core.optim.weighting;

import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.normfree.core.nn.Rng;

/**
 * MGDA: the shortest convex combination of the gradients, {@code argmin ‖Σ a_i g_i‖²} over {@code a
 * ≥ 0, Σ a_i = 1}. Along it every loss falls, those with a weight at the same rate: {@code <g_i, u>
 * ≥ ‖u‖²}. A length of 0 says that no direction lowers all. Exact up to six losses, by trying every
 * set of them; beyond by Frank–Wolfe steps.
 *
 * <p>Of gradients as they are it prefers the short ones; {@code normalized} takes unit gradients.
 * Sources: Désidéri 2012; arXiv 1810.04650.
 */
public final class MinimumNorm implements Weighting {
  private static final int MOST_STEPS = 20_000;
  private static final double GAP = 1e-12;

  private final boolean normalized;

  /**
   * @param normalized whether gradients are divided by their length first
   */
  public MinimumNorm(boolean normalized) {
    this.normalized = normalized;
  }

  @Override
  public String name() {
    return normalized ? "mgda-normalized" : "mgda";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    Gram products = new Gram(gram);
    if (!normalized) {
      return shortest(products);
    }
    double[] lengths = new double[gram.length];
    Arrays.setAll(lengths, products::length);
    double[] weights = shortest(products.over(lengths));
    for (int i = 0; i < weights.length; i++) {
      double length = lengths[i] * Math.sqrt(products.trace());
      weights[i] = length > 0 ? weights[i] / length : 0;
    }
    return weights;
  }

  static double[] shortest(Gram gram) {
    return gram.size() <= Gram.MOST_EXACT
        ? Gram.least(gram.size(), support -> on(gram, support), gram::square).orElseThrow()
        : frankWolfe(gram);
  }

  /** The shortest affine combination of some gradients; none if they depend on each other. */
  private static Optional<double[]> on(Gram gram, int[] support) {
    int n = support.length;
    if (n == 1) {
      return Optional.of(gram.spread(support, 1));
    }
    RealMatrix m = new Array2DRowRealMatrix(n + 1, n + 1);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        m.setEntry(i, j, gram.at(support[i], support[j]));
      }
      m.setEntry(i, n, 1);
      m.setEntry(n, i, 1);
    }
    double[] right = new double[n + 1];
    right[n] = 1;
    return Gram.solve(m, right).map(x -> gram.spread(support, Arrays.copyOf(x, n)));
  }

  private static double[] frankWolfe(Gram gram) {
    double[] a = Weightings.all(gram.size(), 1.0 / gram.size());
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] inner = gram.times(a);
      int best = 0;
      for (int i = 1; i < inner.length; i++) {
        best = inner[i] < inner[best] ? i : best;
      }
      double square = Gram.dot(a, inner);
      if (square - inner[best] <= GAP) {
        break;
      }
      double curve = gram.at(best, best) - 2 * inner[best] + square;
      double share = Math.min(1, (square - inner[best]) / curve);
      for (int i = 0; i < a.length; i++) {
        a[i] *= 1 - share;
      }
      a[best] += share;
    }
    return a;
  }
}
