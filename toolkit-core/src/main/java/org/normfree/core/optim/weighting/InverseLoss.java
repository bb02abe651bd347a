package org.normfree.core.optim.weighting;

import java.util.Arrays;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * Each loss over what it is without learning: {@code a_i = 1/L_i}, L_i the loss at the beginning or
 * of the best answer that ignores the input. Does not change when a loss is multiplied by a number,
 * if that is part of L_i too. Source: kexue.fm/archives/8870.
 */
public final class InverseLoss implements Weighting {
  private final String name;
  private final double[] weights;

  private InverseLoss(String name, double... losses) {
    this.name = name;
    for (double loss : losses) {
      if (!(loss > 0 && loss < Double.POSITIVE_INFINITY)) {
        throw new InputException(
            "weights by %s need losses above 0, not %s; leave the task out or take another rule"
                .formatted(name, Arrays.toString(losses)));
      }
    }
    weights = Arrays.stream(losses).map(loss -> 1 / loss).toArray();
  }

  /**
   * By the losses of an untrained network.
   *
   * @param losses of each task, above 0
   * @throws InputException if one is not
   */
  public static InverseLoss initial(double... losses) {
    return new InverseLoss("inverse-initial", losses);
  }

  /**
   * By the losses of the best answer that ignores the input, as {@link PriorLoss} has them.
   *
   * @param losses of each task, above 0
   * @throws InputException if one is not
   */
  public static InverseLoss prior(double... losses) {
    return new InverseLoss("inverse-prior", losses);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    return weights.clone();
  }

  @Override
  public boolean ofWholeLosses() {
    return true;
  }
}
