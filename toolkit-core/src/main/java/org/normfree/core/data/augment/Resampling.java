package org.normfree.core.data.augment;

/**
 * Resizes images: each new pixel is a weighted mean of the old ones around its centre. When
 * reducing, the filter is widened by the ratio, so that every pixel counts and fine patterns do not
 * alias; weights are cut at the border and add up to one (Pillow's {@code resize}, torchvision's
 * with {@code antialias=True}).
 */
public final class Resampling {
  private Resampling() {}

  /**
   * Crops to the central square and resizes with {@link Interpolation#BILINEAR}.
   *
   * @param image values 0 … 255, row-major [height, width, channels]
   * @param height pixels down
   * @param width pixels across
   * @param channels values a pixel
   * @param size side of the result
   * @return values row-major [size, size, channels]
   */
  public static byte[] square(byte[] image, int height, int width, int channels, int size) {
    int side = Math.min(height, width);
    int top = (height - side) / 2;
    int left = (width - side) / 2;
    float[] cropped = new float[side * side * channels];
    for (int y = 0; y < side; y++) {
      for (int k = 0; k < side * channels; k++) {
        cropped[y * side * channels + k] = image[((top + y) * width + left) * channels + k] & 0xFF;
      }
    }
    float[] resized =
        resize(cropped, side, side, channels, new ImageSize(size, size), Interpolation.BILINEAR);
    byte[] result = new byte[resized.length];
    for (int k = 0; k < result.length; k++) {
      result[k] = (byte) Math.round(resized[k]);
    }
    return result;
  }

  /** An image in another size; what a cubic overshoots is cut to [0, 1]. */
  static Image resize(Image image, ImageSize size, Interpolation interpolation) {
    float[] resized =
        resize(
            image.pixels(), image.height(), image.width(), image.channels(), size, interpolation);
    for (int k = 0; k < resized.length; k++) {
      resized[k] = Math.min(1, Math.max(0, resized[k]));
    }
    return new Image(resized, size.height(), size.width(), image.channels());
  }

  private static float[] resize(
      float[] values,
      int height,
      int width,
      int channels,
      ImageSize size,
      Interpolation interpolation) {
    // along y the pixels of a row are independent; along x the channels of a pixel are
    float[] rows = resize(values, 1, height, width * channels, size.height(), interpolation);
    return resize(rows, size.height(), width, channels, size.width(), interpolation);
  }

  /** Resizes the middle axis of [outer, from, inner] to {@code to}. */
  private static float[] resize(
      float[] values, int outer, int from, int inner, int to, Interpolation interpolation) {
    double ratio = (double) from / to;
    double stretch = Math.max(1, ratio);
    double reach = interpolation.support() * stretch;
    float[] result = new float[outer * to * inner];
    for (int t = 0; t < to; t++) {
      double centre = (t + 0.5) * ratio;
      int first = Math.max(0, (int) Math.ceil(centre - reach - 0.5));
      int last = Math.min(from - 1, (int) Math.floor(centre + reach - 0.5));
      double total = 0;
      for (int f = first; f <= last; f++) {
        total += interpolation.weight((f + 0.5 - centre) / stretch);
      }
      for (int f = first; f <= last; f++) {
        float weight = (float) (interpolation.weight((f + 0.5 - centre) / stretch) / total);
        for (int o = 0; o < outer; o++) {
          int source = (o * from + f) * inner;
          int target = (o * to + t) * inner;
          for (int i = 0; i < inner; i++) {
            result[target + i] += weight * values[source + i];
          }
        }
      }
    }
    return result;
  }
}
