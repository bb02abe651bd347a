package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * A transform that happens with a probability.
 *
 * @param probability in [0, 1]
 * @param transform what happens; it must keep an image's size
 */
public record Sometimes(double probability, Transform transform) implements Transform {
  /**
   * @throws InputException if the probability is outside [0, 1]
   */
  public Sometimes {
    if (!(probability >= 0 && probability <= 1)) {
      throw new InputException(
          "the probability of %s is %s, expected a number in [0, 1]"
              .formatted(transform, probability));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    return random.nextDouble() < probability ? transform.apply(image, random) : image;
  }

  @Override
  public ImageSize sizeAfter(ImageSize size) {
    ImageSize after = transform.sizeAfter(size);
    if (!after.equals(size)) {
      throw new InputException(
          "%s makes images of %s of those of %s, so it cannot happen to some of a batch only"
              .formatted(transform, after, size));
    }
    return after;
  }
}
