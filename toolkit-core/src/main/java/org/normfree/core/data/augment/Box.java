package org.normfree.core.data.augment;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A rectangle inside an image.
 *
 * @param top its first row
 * @param left its first column
 * @param height rows
 * @param width columns
 */
record Box(int top, int left, int height, int width) {
  private static final int TRIES = 10;

  /**
   * A rectangle with a random share of the image's area and a random aspect, at a random place: up
   * to ten times a width {@code √(a·r)} and a height {@code √(a/r)} are tried, rounded half to even
   * (torchvision's {@code RandomResizedCrop.get_params}).
   *
   * @param size the image's
   * @param area share of its area
   * @param aspect width over height, drawn uniformly in its logarithm
   * @param largest height and width it may have
   * @return empty if none of the tries fits
   */
  static Optional<Box> random(
      ImageSize size, Interval area, Interval aspect, ImageSize largest, SplittableRandom random) {
    for (int i = 0; i < TRIES; i++) {
      double pixels = (double) size.height() * size.width() * area.draw(random);
      double ratio = aspect.drawLog(random);
      int width = (int) Math.rint(Math.sqrt(pixels * ratio));
      int height = (int) Math.rint(Math.sqrt(pixels / ratio));
      if (width > 0 && width <= largest.width() && height > 0 && height <= largest.height()) {
        int top = random.nextInt(size.height() - height + 1);
        int left = random.nextInt(size.width() - width + 1);
        return Optional.of(new Box(top, left, height, width));
      }
    }
    return Optional.empty();
  }

  /** The largest rectangle in the middle whose aspect is allowed. */
  static Box central(ImageSize size, Interval aspect) {
    int height = size.height();
    int width = size.width();
    double ratio = (double) width / height;
    if (ratio < aspect.low()) {
      height = Math.max(1, (int) Math.rint(width / aspect.low()));
    } else if (ratio > aspect.high()) {
      width = Math.max(1, (int) Math.rint(height * aspect.high()));
    }
    return new Box((size.height() - height) / 2, (size.width() - width) / 2, height, width);
  }
}
