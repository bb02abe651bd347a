package org.normfree.core.data;

/**
 * Crops an image to its central square and resizes it with a triangle filter: bilinear when
 * enlarging, and when reducing widened by the ratio, so that every pixel counts and fine patterns
 * do not alias (the filter that Pillow calls bilinear).
 */
final class Resampling {
  private Resampling() {}

  /**
   * @param image values 0 … 255, row-major [height, width, channels]
   * @param size side of the result
   * @return values row-major [size, size, channels]
   */
  static byte[] square(byte[] image, int height, int width, int channels, int size) {
    int side = Math.min(height, width);
    int top = (height - side) / 2;
    int left = (width - side) / 2;
    float[] cropped = new float[side * side * channels];
    for (int y = 0; y < side; y++) {
      for (int k = 0; k < side * channels; k++) {
        cropped[y * side * channels + k] = image[((top + y) * width + left) * channels + k] & 0xFF;
      }
    }
    // along y the pixels of a row are independent; along x the channels of a pixel are
    float[] resized = resize(cropped, 1, side, side * channels, size);
    resized = resize(resized, size, side, channels, size);
    byte[] result = new byte[resized.length];
    for (int k = 0; k < result.length; k++) {
      result[k] = (byte) Math.round(resized[k]);
    }
    return result;
  }

  /** Resizes the middle axis of [outer, from, inner] to {@code to}. */
  private static float[] resize(float[] values, int outer, int from, int inner, int to) {
    double ratio = (double) from / to;
    double reach = Math.max(1, ratio);
    float[] result = new float[outer * to * inner];
    for (int t = 0; t < to; t++) {
      double centre = (t + 0.5) * ratio;
      int first = Math.max(0, (int) Math.ceil(centre - reach - 0.5));
      int last = Math.min(from - 1, (int) Math.floor(centre + reach - 0.5));
      double total = 0;
      for (int f = first; f <= last; f++) {
        total += weight(f, centre, reach);
      }
      for (int f = first; f <= last; f++) {
        float weight = (float) (weight(f, centre, reach) / total);
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

  private static double weight(int pixel, double centre, double reach) {
    return Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
  }
}
