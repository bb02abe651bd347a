package org.normfree.core.data.augment;

/**
 * What is done to an image's light and colours, on real numbers in [0, 1] without rounding to 256
 * steps in between.
 *
 * <p>A factor f leads from a plain image b past the own one a: {@code clamp(f·a + (1−f)·b)}; 0
 * gives the plain image, 1 the own, more than 1 the contrary of plain. The formulas are
 * torchvision's for tensors; luma is Pillow's, {@code 0.299·r + 0.587·g + 0.114·b}, whose weights
 * add up to one.
 */
final class Coloring {
  private static final float RED = 0.299f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private Coloring() {}

  /** Towards black. */
  static Image brightness(Image image, double factor) {
    float[] result = new float[image.pixels().length];
    for (int k = 0; k < result.length; k++) {
      result[k] = blend(image.pixels()[k], 0, (float) factor);
    }
    return image.with(result);
  }

  /** Towards the mean luma of the image. */
  static Image contrast(Image image, double factor) {
    double sum = 0;
    for (int p = 0; p < image.height() * image.width(); p++) {
      sum += luma(image, p);
    }
    float mean = (float) (sum / (image.height() * image.width()));
    float[] result = new float[image.pixels().length];
    for (int k = 0; k < result.length; k++) {
      result[k] = blend(image.pixels()[k], mean, (float) factor);
    }
    return image.with(result);
  }

  /** Towards each pixel's luma; a grey image stays as it is. */
  static Image saturation(Image image, double factor) {
    if (!image.colored()) {
      return image;
    }
    float[] result = new float[image.pixels().length];
    for (int k = 0; k < result.length; k += 3) {
      float luma = luma(image, k / 3);
      for (int c = 0; c < 3; c++) {
        result[k + c] = blend(image.pixels()[k + c], luma, (float) factor);
      }
    }
    return image.with(result);
  }

  /** Turns the hue by a share of the circle, in HSV; a grey image stays as it is. */
  static Image hue(Image image, double turn) {
    if (!image.colored()) {
      return image;
    }
    float[] pixels = image.pixels();
    float[] result = new float[pixels.length];
    for (int k = 0; k < result.length; k += 3) {
      turn(pixels[k], pixels[k + 1], pixels[k + 2], (float) turn, result, k);
    }
    return image.with(result);
  }

  private static void turn(float r, float g, float b, float turn, float[] result, int at) {
    float value = Math.max(r, Math.max(g, b));
    float range = value - Math.min(r, Math.min(g, b));
    if (range <= 0) {
      result[at] = r;
      result[at + 1] = g;
      result[at + 2] = b;
      return;
    }
    float sector =
        value == r ? (g - b) / range : value == g ? 2 + (b - r) / range : 4 + (r - g) / range;
    float hue = sector / 6 + turn;
    hue -= (float) Math.floor(hue);
    float low = value - range;
    // each channel is at the value for a third of the circle, at the low end for another, and
    // moves evenly in between
    result[at] = low + range * share(hue);
    result[at + 1] = low + range * share(hue - 1 / 3f);
    result[at + 2] = low + range * share(hue - 2 / 3f);
  }

  /** How much of red there is at a hue in (−1, 1): 1 about 0 and ±1, 0 about ±½. */
  private static float share(float hue) {
    float turn = Math.abs(hue);
    return clamp(2 - 6 * Math.min(turn, 1 - turn));
  }

  /** Every channel becomes the luma; a grey image stays as it is. */
  static Image gray(Image image) {
    return saturation(image, 0);
  }

  /** Values from the threshold on become {@code 1 − value}. */
  static Image solarize(Image image, float threshold) {
    float[] result = new float[image.pixels().length];
    for (int k = 0; k < result.length; k++) {
      float pixel = image.pixels()[k];
      result[k] = pixel >= threshold ? 1 - pixel : pixel;
    }
    return image.with(result);
  }

  static float blend(float own, float plain, float factor) {
    return clamp(factor * own + (1 - factor) * plain);
  }

  static float clamp(float value) {
    return Math.min(1, Math.max(0, value));
  }

  private static float luma(Image image, int pixel) {
    float[] pixels = image.pixels();
    return image.colored()
        ? RED * pixels[3 * pixel] + GREEN * pixels[3 * pixel + 1] + BLUE * pixels[3 * pixel + 2]
        : pixels[pixel];
  }
}
