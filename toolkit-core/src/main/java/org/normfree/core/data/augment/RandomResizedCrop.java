package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * A rectangle of random area and aspect at a random place, resized (torchvision's {@code
 * RandomResizedCrop}). If ten tries give none that fits, the largest in the middle with an allowed
 * aspect is taken.
 *
 * @param height pixels down of the result, at most the image's
 * @param width pixels across of the result, at most the image's
 * @param area share of the image's area, in (0, 1]
 * @param aspect width over height, uniform in its logarithm
 * @param interpolation how the rectangle is resized; always with antialias, see {@link Resampling}
 */
public record RandomResizedCrop(
    int height, int width, Interval area, Interval aspect, Interpolation interpolation)
    implements Transform {
  /** What is usual: 3/4 … 4/3. */
  public static final Interval USUAL_ASPECT = new Interval(3 / 4.0, 4 / 3.0);

  /**
   * @throws InputException if a side is not positive, the area is not in (0, 1] or an aspect not
   *     above 0
   */
  public RandomResizedCrop {
    if (height < 1 || width < 1) {
      throw new InputException(
          "crops of %s×%s pixels: expected at least 1×1".formatted(height, width));
    }
    area.requirePositive("the area of a crop", 1);
    aspect.requirePositive("the aspect of a crop", Double.MAX_VALUE);
  }

  /**
   * A square with the usual aspects, bicubic.
   *
   * @param side pixels down and across
   * @param minimumArea least share of the image's area
   * @param maximumArea largest share of the image's area
   * @return the crop
   */
  public static RandomResizedCrop square(int side, double minimumArea, double maximumArea) {
    return new RandomResizedCrop(
        side, side, new Interval(minimumArea, maximumArea), USUAL_ASPECT, Interpolation.BICUBIC);
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    ImageSize whole = image.size();
    Box box =
        Box.random(whole, area, aspect, whole, random).orElseGet(() -> Box.central(whole, aspect));
    return Resampling.resize(image.crop(box), new ImageSize(height, width), interpolation);
  }

  @Override
  public ImageSize sizeAfter(ImageSize size) {
    if (height > size.height() || width > size.width()) {
      throw new InputException(
          "crops of %s×%s pixels are larger than the %s of an image; choose smaller ones"
              .formatted(height, width, size));
    }
    return new ImageSize(height, width);
  }
}
