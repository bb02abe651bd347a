package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/** The main loss, the first, alone: {@code a = (1, 0, …, 0)}. What others are compared with. */
public final class PrimaryAlone implements Weighting {
  @Override
  public String name() {
    return "primary-alone";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    double[] weights = new double[losses.length];
    weights[0] = 1;
    return weights;
  }
}
