package org.normfree.core.optim.weighting;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.normfree.core.nn.Rng;

/**
 * Nash-MTL: the direction whose product of gains {@code ∏ <g_i, u>} is largest at its length, with
 * weights above 0 that solve {@code (M a)_i = 1/a_i}. They are where the strictly convex {@code
 * ½aᵀMa − Σ log a_i} is least, which damped Newton steps find. The direction does not change when a
 * loss is multiplied by a number. Where a sum of the gradients with weights above 0 is 0 there is
 * no bargain: the weights grow for as many steps as are taken, and the direction is nearly 0.
 * Source: arXiv 2202.01017, section 3.
 */
public final class NashBargaining implements Weighting {
  private static final int MOST_STEPS = 200;
  private static final double SMALL = 1e-13;

  /** Keeps the system regular where gradients depend on each other or are 0. */
  private static final double LEAST = 1e-12;

  @Override
  public String name() {
    return "nash";
  }

  @Override
  public boolean ofWholeLosses() {
    return true;
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    Gram all = new Gram(gram);
    // in units of the gradients' own lengths the problem is as well posed as it can be
    double[] lengths = new double[all.size()];
    Arrays.setAll(lengths, i -> Math.max(all.length(i), LEAST));
    Gram units = all.over(lengths);
    double[] a = Weightings.all(all.size(), 1);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] inner = units.times(a);
      double[] gradient = new double[a.length];
      RealMatrix hessian = new Array2DRowRealMatrix(a.length, a.length);
      for (int i = 0; i < a.length; i++) {
        gradient[i] = inner[i] - 1 / a[i];
        for (int j = 0; j < a.length; j++) {
          // in steps relative to a
          hessian.setEntry(i, j, units.at(i, j) * a[i] * a[j] + (i == j ? 1 : 0));
        }
        gradient[i] *= a[i];
      }
      double[] change = Gram.solve(hessian, gradient).orElseThrow();
      double decrement = Math.sqrt(Math.max(0, Gram.dot(change, gradient)));
      double damping = decrement < 0.25 ? 1 : 1 / (1 + decrement);
      for (int i = 0; i < a.length; i++) {
        a[i] *= 1 - damping * change[i];
      }
      if (decrement < SMALL) {
        break;
      }
    }
    double scale = Math.sqrt(units.trace() * all.trace());
    for (int i = 0; i < a.length; i++) {
      a[i] /= scale * lengths[i];
    }
    return a;
  }
}
