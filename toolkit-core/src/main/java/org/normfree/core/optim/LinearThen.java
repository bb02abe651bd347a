package org.normfree.core.optim;

import org.normfree.core.InputException;

/**
 * A straight line from one number to another, both reached, then another schedule: step s (from 0)
 * has {@code from + (to − from)·s/(n − 1)} for s below n, with n = 1 {@code from}, and step n has
 * what the other schedule gives its step 0. The warm-up of DINO's learning rate is {@code
 * LinearThen(0, base, n, Cosine(base, end, T − n))}: unlike {@link WarmupCosine} it begins at 0,
 * and the base rate comes twice. Source: facebookresearch/dino, {@code cosine_scheduler}.
 *
 * @param from the number of step 0
 * @param to the number of step n − 1
 * @param steps n, at least 0
 * @param then what follows
 */
public record LinearThen(double from, double to, long steps, Schedule then) implements Schedule {
  /** Checks the settings. */
  public LinearThen {
    if (!Double.isFinite(from) || !Double.isFinite(to) || steps < 0) {
      throw new InputException(
          "a line from %s to %s in %s steps; expected finite numbers and at least 0 steps"
              .formatted(from, to, steps));
    }
  }

  @Override
  public double rate(long step) {
    if (step >= steps) {
      return then.rate(step - steps);
    }
    return steps == 1 || step == 0 ? from : from + (to - from) / (steps - 1) * step;
  }
}
