package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/** The sum of the losses: {@code a_i = 1}. */
public final class Equal implements Weighting {
  @Override
  public String name() {
    return "equal";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    return Weightings.all(losses.length, 1);
  }

  @Override
  public boolean ofWholeLosses() {
    return true;
  }
}
