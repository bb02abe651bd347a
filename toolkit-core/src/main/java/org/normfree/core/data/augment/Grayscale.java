package org.normfree.core.data.augment;

import java.util.SplittableRandom;

/**
 * Takes the colours away and keeps three channels: each becomes {@code 0.299·r + 0.587·g +
 * 0.114·b}. A grey image stays as it is.
 */
public record Grayscale() implements Transform {
  @Override
  public Image apply(Image image, SplittableRandom random) {
    return Coloring.gray(image);
  }
}
