package org.normfree.core.optim;

import org.normfree.core.InputException;

/**
 * Half a cosine from one number to another, {@code to + (from − to)/2 · (1 + cos(π s/T))} at step s
 * (from 0) and {@code to} from T on; for example the decay of a teacher's average, 0.996 to 1
 * (arXiv 2104.14294).
 *
 * @param from the number of step 0
 * @param to the number at the end
 * @param totalSteps T, at least 1
 */
public record Cosine(double from, double to, long totalSteps) implements Schedule {
  /** Checks the settings. */
  public Cosine {
    if (!Double.isFinite(from) || !Double.isFinite(to) || totalSteps < 1) {
      throw new InputException(
          "a cosine from %s to %s in %s steps; expected finite numbers and at least one step"
              .formatted(from, to, totalSteps));
    }
  }

  @Override
  public double rate(long step) {
    if (step >= totalSteps) {
      return to;
    }
    return to + (from - to) / 2 * (1 + StrictMath.cos(Math.PI * step / totalSteps));
  }
}
