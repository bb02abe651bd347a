package org.normfree.core.data.augment;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Several transforms one after another, each with a generator of its own, so that how much one
 * draws changes nothing for those behind it.
 *
 * @param transforms first to last; none leaves images as they are
 */
public record Sequence(List<Transform> transforms) implements Transform {
  /** Copies the list. */
  public Sequence {
    transforms = List.copyOf(transforms);
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    Image result = image;
    for (Transform transform : transforms) {
      result = transform.apply(result, random.split());
    }
    return result;
  }

  @Override
  public ImageSize sizeAfter(ImageSize size) {
    ImageSize result = size;
    for (Transform transform : transforms) {
      result = transform.sizeAfter(result);
    }
    return result;
  }
}
