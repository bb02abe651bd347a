package org.normfree.core.train;

import org.normfree.core.InputException;
import org.normfree.core.optim.GradientClipping;

/**
 * What a training run is, besides its networks, optimizer and schedule.
 *
 * @param seed seed of the random inputs
 * @param steps optimizer steps of the whole run, at least 1
 * @param stepsPerEpoch batches in one pass over the training data, at least 1
 * @param clipNorm largest norm of the gradients that is let through; 0 for no clipping
 * @param clipOver what that norm is taken over
 */
public record TrainingSettings(
    long seed, long steps, int stepsPerEpoch, double clipNorm, GradientClipping.Over clipOver) {
  /** Checks the settings. */
  public TrainingSettings {
    if (steps < 1) {
      throw new InputException("the number of steps is %s; expected at least 1".formatted(steps));
    }
    if (stepsPerEpoch < 1) {
      throw new InputException(
          "the number of steps per epoch is %s; expected at least 1, so give a batch no larger than the training set"
              .formatted(stepsPerEpoch));
    }
    if (!(clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "the clipping norm is %s; expected a positive number, or 0 for no clipping"
              .formatted(clipNorm));
    }
  }

  /** Clips by the norm over all gradients. */
  public TrainingSettings(long seed, long steps, int stepsPerEpoch, double clipNorm) {
    this(seed, steps, stepsPerEpoch, clipNorm, GradientClipping.Over.ALL);
  }
}
