package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/**
 * A main loss, the first, and those of the others whose gradients do not point away from its own:
 * {@code a₀ = 1, a_i = 1} where {@code <g₀, g_i> > 0}, otherwise 0. So the main loss falls at least
 * as fast to first order as alone: {@code <g₀, u> ≥ ‖g₀‖²}. The unweighted form of arXiv
 * 1812.02224.
 */
public final class CosineGate implements Weighting {
  @Override
  public String name() {
    return "cosine-gate";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    double[] weights = new double[losses.length];
    weights[0] = 1;
    for (int i = 1; i < weights.length; i++) {
      weights[i] = gram[0][i] > 0 ? 1 : 0;
    }
    return weights;
  }
}
