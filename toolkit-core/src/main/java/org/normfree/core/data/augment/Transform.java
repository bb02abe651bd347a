package org.normfree.core.data.augment;

import java.util.List;
import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * A way to vary an image: a pure function of the image and a random generator. A recipe is a {@link
 * Sequence} of them.
 */
@FunctionalInterface
public interface Transform {
  /**
   * @param image an image; stays as it is
   * @param random where all that is random is drawn from
   * @return the varied image, or the same if nothing changed
   */
  Image apply(Image image, SplittableRandom random);

  /**
   * What this makes of an image's size. Asked before the first batch is made, so that bad settings
   * are refused there.
   *
   * @param size of the images it gets
   * @return of those it gives
   * @throws InputException if such images cannot be transformed
   */
  default ImageSize sizeAfter(ImageSize size) {
    return size;
  }

  /**
   * @param transforms what is done to an image, first to last
   * @return all of it
   */
  static Transform sequence(Transform... transforms) {
    return new Sequence(List.of(transforms));
  }

  /**
   * @param probability how often
   * @return this with that probability, otherwise nothing
   * @throws InputException if the probability is outside [0, 1]
   */
  default Transform withProbability(double probability) {
    return new Sometimes(probability, this);
  }
}
