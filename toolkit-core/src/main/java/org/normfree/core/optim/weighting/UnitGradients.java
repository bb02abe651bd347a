package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/**
 * Gradients of one length: {@code a_i = 1/‖g_i‖}, 0 for a gradient of 0. Does not change when a
 * loss is multiplied by a number or one is added to it. Source: kexue.fm/archives/8870.
 */
public final class UnitGradients implements Weighting {
  @Override
  public String name() {
    return "unit-gradients";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    double[] weights = new double[gram.length];
    for (int i = 0; i < gram.length; i++) {
      weights[i] = gram[i][i] > 0 ? 1 / Math.sqrt(gram[i][i]) : 0;
    }
    return weights;
  }
}
