package org.normfree.core.optim.weighting;

import java.util.Arrays;
import java.util.Optional;
import org.normfree.core.nn.Rng;

/**
 * A main loss, the first, and others that may only help it: {@code u = g₀ + Σ λ_i g_i} with the
 * {@code λ ≥ 0} of the shortest u. Then {@code <g_i, u> ≥ 0} for every other loss, and 0 for those
 * with a weight; {@code <g₀, u> = ‖u‖²}, so the main loss never rises to first order. Conflicting
 * others may leave {@code u = 0}. Exact up to six others, beyond by steps a number at a time.
 * Source: kexue.fm/archives/8907.
 */
public final class PrimarySecondary implements Weighting {
  private static final int MOST_ROUNDS = 100_000;
  private static final double SMALL = 1e-15;

  @Override
  public String name() {
    return "primary-secondary";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    return projection(new Gram(gram), 0);
  }

  /** The gradient of a task, and as much of the others as makes it shortest. */
  static double[] projection(Gram gram, int main) {
    double[] alone = new double[gram.size()];
    alone[main] = 1;
    if (gram.size() - 1 > Gram.MOST_EXACT) {
      return byCoordinates(gram, main);
    }
    Optional<double[]> best =
        Gram.least(gram.size() - 1, support -> on(gram, main, support), gram::square);
    return best.filter(u -> gram.square(u) < gram.square(alone)).orElse(alone);
  }

  /**
   * The multipliers on a set of the others that leave nothing along them.
   *
   * @param others numbered without the main one
   */
  private static Optional<double[]> on(Gram gram, int main, int[] others) {
    int[] support = Arrays.stream(others).map(i -> i < main ? i : i + 1).toArray();
    double[] right = Arrays.stream(support).mapToDouble(i -> -gram.at(i, main)).toArray();
    return gram.solve(support, right)
        .map(
            multipliers -> {
              double[] u = gram.spread(support, multipliers);
              u[main] = 1;
              return u;
            });
  }

  private static double[] byCoordinates(Gram gram, int main) {
    double[] u = new double[gram.size()];
    u[main] = 1;
    double moved = 1;
    for (int round = 0; round < MOST_ROUNDS && moved > SMALL; round++) {
      moved = 0;
      for (int i = 0; i < u.length; i++) {
        if (i != main && gram.at(i, i) > 0) {
          double next = Math.max(0, u[i] - gram.times(u)[i] / gram.at(i, i));
          moved = Math.max(moved, Math.abs(next - u[i]) * gram.length(i));
          u[i] = next;
        }
      }
    }
    return u;
  }
}
