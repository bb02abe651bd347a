package org.normfree.core.optim;

import org.normfree.core.InputException;

/**
 * The same number at every step.
 *
 * @param rate the learning rate, or what else is scheduled, at least 0
 */
public record Constant(double rate) implements Schedule {
  /** Checks the rate. */
  public Constant {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "the learning rate is %s; expected a number of at least 0".formatted(rate));
    }
  }

  @Override
  public double rate(long step) {
    return rate;
  }
}
