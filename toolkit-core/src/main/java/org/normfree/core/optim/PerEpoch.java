package org.normfree.core.optim;

import org.normfree.core.InputException;

/**
 * A number that changes with the epoch and is the same for all of an epoch's steps, as the
 * temperature of DINO's teacher.
 *
 * @param epochs the number of each epoch, from 0
 * @param stepsPerEpoch steps in an epoch, at least 1
 */
public record PerEpoch(Schedule epochs, long stepsPerEpoch) implements Schedule {
  /** Checks the settings. */
  public PerEpoch {
    if (stepsPerEpoch < 1) {
      throw new InputException("%s steps per epoch; expected at least 1".formatted(stepsPerEpoch));
    }
  }

  @Override
  public double rate(long step) {
    return epochs.rate(step / stepsPerEpoch);
  }
}
