package org.normfree.core.data.augment;

import java.util.SplittableRandom;

/** Swaps left and right with probability ½. */
public record HorizontalFlip() implements Transform {
  @Override
  public Image apply(Image image, SplittableRandom random) {
    return random.nextInt(2) == 1 ? mirrored(image) : image;
  }

  private static Image mirrored(Image image) {
    int width = image.width();
    int channels = image.channels();
    float[] mirrored = new float[image.pixels().length];
    int target = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = width - 1; x >= 0; x--) {
        for (int c = 0; c < channels; c++) {
          mirrored[target++] = image.pixels()[(y * width + x) * channels + c];
        }
      }
    }
    return image.with(mirrored);
  }
}
