package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * A crop of the image's own size at a random place of the image with black around it, as is usual
 * for CIFAR-10.
 *
 * @param padding black pixels on each side; 0 changes nothing
 */
public record Shift(int padding) implements Transform {
  /**
   * @throws InputException if the padding is negative
   */
  public Shift {
    if (padding < 0) {
      throw new InputException(
          "the crop padding is %s, expected 0 (no crop) or more pixels".formatted(padding));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    int top = random.nextInt(2 * padding + 1) - padding;
    int left = random.nextInt(2 * padding + 1) - padding;
    if (top == 0 && left == 0) {
      return image;
    }
    float[] shifted = new float[image.pixels().length];
    int row = image.width() * image.channels();
    int from = Math.max(0, left);
    int columns = image.width() - Math.abs(left);
    for (int y = Math.max(0, -top); y < Math.min(image.height(), image.height() - top); y++) {
      System.arraycopy(
          image.pixels(),
          (y + top) * row + from * image.channels(),
          shifted,
          y * row + (from - left) * image.channels(),
          columns * image.channels());
    }
    return image.with(shifted);
  }

  @Override
  public ImageSize sizeAfter(ImageSize size) {
    if (padding >= Math.min(size.height(), size.width())) {
      throw new InputException(
          "the crop padding is %s, expected less than the %s pixels of an image"
              .formatted(padding, size));
    }
    return size;
  }
}
