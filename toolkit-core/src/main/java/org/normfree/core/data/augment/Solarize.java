package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * Values from a threshold on become {@code 1 − value}.
 *
 * @param threshold in [0, 1]
 */
public record Solarize(double threshold) implements Transform {
  /** Pillow's default, 128 of 255. */
  public static final Solarize USUAL = new Solarize(128 / 255.0);

  /**
   * @throws InputException if the threshold is outside [0, 1]
   */
  public Solarize {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new InputException(
          "the threshold of solarizing is %s, expected a number in [0, 1]".formatted(threshold));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    return Coloring.solarize(image, (float) threshold);
  }
}
