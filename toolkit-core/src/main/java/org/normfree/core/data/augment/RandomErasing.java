package org.normfree.core.data.augment;

import java.util.SplittableRandom;

/**
 * Replaces a random rectangle by what is nothing to a network (arXiv 1708.04896): what normalizes
 * to zeros, or to standard normal noise, value by value. Up to ten rectangles smaller than the
 * image on both sides are tried; if none fits, the image stays as it is.
 *
 * @param area share of the image's area, in (0, 1]
 * @param aspect width over height, uniform in its logarithm
 * @param mean of each channel: what normalizes to zero
 * @param std of each channel's noise about it: what normalizes to one; zeros for no noise
 */
public record RandomErasing(Interval area, Interval aspect, float[] mean, float[] std)
    implements Transform {
  /** The area that is usual (timm's {@code RandomErasing}). */
  public static final Interval USUAL_AREA = new Interval(0.02, 1 / 3.0);

  /** The aspect that is usual (timm's {@code RandomErasing}). */
  public static final Interval USUAL_ASPECT = new Interval(0.3, 1 / 0.3);

  /**
   * @throws org.normfree.core.InputException if the area is not in (0, 1] or an aspect not above 0
   */
  public RandomErasing {
    area.requirePositive("the area of an erased rectangle", 1);
    aspect.requirePositive("the aspect of an erased rectangle", Double.MAX_VALUE);
    if (mean.length != std.length) {
      throw new IllegalArgumentException(
          "%s means, %s standard deviations".formatted(mean.length, std.length));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    ImageSize smaller = new ImageSize(image.height() - 1, image.width() - 1);
    return Box.random(image.size(), area, aspect, smaller, random)
        .map(box -> erased(image, box, random))
        .orElse(image);
  }

  private Image erased(Image image, Box box, SplittableRandom random) {
    int channels = image.channels();
    if (channels != mean.length) {
      throw new IllegalArgumentException(
          "an image of %s channels, means of %s".formatted(channels, mean.length));
    }
    float[] result = image.pixels().clone();
    for (int y = box.top(); y < box.top() + box.height(); y++) {
      for (int x = box.left(); x < box.left() + box.width(); x++) {
        for (int c = 0; c < channels; c++) {
          result[(y * image.width() + x) * channels + c] =
              std[c] == 0 ? mean[c] : (float) (mean[c] + std[c] * gaussian(random));
        }
      }
    }
    return image.with(result);
  }

  /** A standard normal number, by Box and Muller with StrictMath. */
  private static double gaussian(SplittableRandom random) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }
}
