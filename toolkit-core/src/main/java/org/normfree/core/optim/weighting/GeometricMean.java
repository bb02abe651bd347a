package org.normfree.core.optim.weighting;

import java.util.Arrays;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * The sum of the losses' logarithms, whose gradient is {@code Σ g_i/L_i}: {@code a_i = 1/L_i} with
 * the losses as they are now. Does not change when a loss is multiplied by a number; does when one
 * is added. Source: kexue.fm/archives/8870.
 */
public final class GeometricMean implements Weighting {
  @Override
  public String name() {
    return "geometric-mean";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    for (double loss : losses) {
      if (!(loss > 0)) {
        throw new InputException(
            "the geometric mean of losses is of losses above 0 alone, not of %s; add a constant or take another rule"
                .formatted(Arrays.toString(losses)));
      }
    }
    return Arrays.stream(losses).map(loss -> 1 / loss).toArray();
  }

  @Override
  public boolean ofWholeLosses() {
    return true;
  }
}
