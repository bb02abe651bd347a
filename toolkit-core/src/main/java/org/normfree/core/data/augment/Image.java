package org.normfree.core.data.augment;

/**
 * One image on its way into a batch. Who has one does not change its pixels.
 *
 * @param pixels values in [0, 1], row-major [height, width, channels]
 * @param height pixels down
 * @param width pixels across
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
public record Image(float[] pixels, int height, int width, int channels) {
  /** Checks that there are as many pixels. */
  public Image {
    if (pixels.length != height * width * channels) {
      throw new IllegalArgumentException(
          "%s values are no image of %s×%s×%s".formatted(pixels.length, height, width, channels));
    }
  }

  /** Its height and width. */
  public ImageSize size() {
    return new ImageSize(height, width);
  }

  /** Other pixels of the same shape. */
  Image with(float[] others) {
    return new Image(others, height, width, channels);
  }

  /** Whether it has colours. */
  boolean colored() {
    return channels == 3;
  }

  /**
   * @param box a part of this image
   * @return that part
   */
  Image crop(Box box) {
    float[] cropped = new float[box.height() * box.width() * channels];
    int row = box.width() * channels;
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * width + box.left()) * channels;
      System.arraycopy(pixels, from, cropped, y * row, row);
    }
    return new Image(cropped, box.height(), box.width(), channels);
  }
}
