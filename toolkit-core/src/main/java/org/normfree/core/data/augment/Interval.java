package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * What a random number is drawn from.
 *
 * @param low the least
 * @param high the largest, at least {@code low}
 */
public record Interval(double low, double high) {
  /**
   * @throws InputException if there is no number in it, or an end is not finite
   */
  public Interval {
    if (!(low <= high && Double.isFinite(low) && Double.isFinite(high))) {
      throw new InputException(
          "the range %s … %s is empty; expected two numbers, the smaller first"
              .formatted(low, high));
    }
  }

  /** A uniform number. */
  double draw(SplittableRandom random) {
    return low + (high - low) * random.nextDouble();
  }

  /** A number whose logarithm is uniform. */
  double drawLog(SplittableRandom random) {
    double from = StrictMath.log(low);
    return StrictMath.exp(from + (StrictMath.log(high) - from) * random.nextDouble());
  }

  /** This, if it lies in (0, most]. */
  Interval requirePositive(String what, double most) {
    if (!(low > 0 && high <= most)) {
      throw new InputException(
          "%s is %s … %s, expected numbers above 0%s"
              .formatted(what, low, high, most < Double.MAX_VALUE ? ", at most " + most : ""));
    }
    return this;
  }
}
