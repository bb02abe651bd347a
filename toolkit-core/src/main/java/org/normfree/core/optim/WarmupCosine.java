package org.normfree.core.optim;

import org.normfree.core.InputException;

/**
 * Linear warm-up, then half a cosine down to a minimum (SGDR, arXiv 1608.03983, without restarts).
 * With W warm-up steps of T in all, step s (from 0) has the rate
 *
 * <pre>
 * base · (s + 1) / W                                            for s &lt; W
 * minimum + (base − minimum) / 2 · (1 + cos(π (s − W) / (T − W)))   for W ≤ s &lt; T
 * minimum                                                       for s ≥ T
 * </pre>
 *
 * so the first step is not wasted on a rate of 0, and the last warm-up step has the base rate.
 *
 * @param base the largest rate, at least 0
 * @param minimum the rate the cosine ends at, from 0 to {@code base}
 * @param warmupSteps W, at least 0
 * @param totalSteps T, at least 1 and at least W
 */
public record WarmupCosine(double base, double minimum, long warmupSteps, long totalSteps)
    implements Schedule {
  /** Checks the settings. */
  public WarmupCosine {
    if (!(base >= 0 && base < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "the learning rate is %s; expected a number of at least 0".formatted(base));
    }
    if (!(minimum >= 0 && minimum <= base)) {
      throw new InputException(
          "the minimum learning rate is %s; expected a number from 0 to the learning rate %s"
              .formatted(minimum, base));
    }
    if (totalSteps < 1 || warmupSteps < 0 || warmupSteps > totalSteps) {
      throw new InputException(
          "%s warm-up steps of %s steps in all; expected 0 ≤ warm-up ≤ all and at least one step"
              .formatted(warmupSteps, totalSteps));
    }
  }

  @Override
  public double rate(long step) {
    if (step < warmupSteps) {
      return base * (step + 1) / warmupSteps;
    }
    if (step >= totalSteps) {
      return minimum;
    }
    double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    return minimum + (base - minimum) / 2 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
