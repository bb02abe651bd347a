package org.normfree.core.data.augment;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Blurs by a Gaussian whose standard deviation σ, in pixels, is drawn anew each time. Weights
 * {@code exp(−d²/(2σ²))} go to a distance of ⌈4σ⌉ and add up to one; beyond the border lies the
 * border's pixel, as in Pillow. (Pillow's own {@code GaussianBlur} of radius σ approximates this by
 * three box filters.)
 *
 * @param sigma above 0
 */
public record GaussianBlur(Interval sigma) implements Transform {
  /** σ ~ U(0.1, 2), as DINO has it. */
  public static final GaussianBlur USUAL = new GaussianBlur(new Interval(0.1, 2));

  /**
   * @throws org.normfree.core.InputException if σ may be 0 or less
   */
  public GaussianBlur {
    sigma.requirePositive("the standard deviation of a blur", Double.MAX_VALUE);
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    float[] weights = weights(sigma.draw(random));
    int row = image.width() * image.channels();
    float[] down = blur(image.pixels(), image.height(), row, weights);
    // across, a row's pixels are what the image's rows are down
    float[] result = new float[down.length];
    for (int y = 0; y < image.height(); y++) {
      float[] across = Arrays.copyOfRange(down, y * row, (y + 1) * row);
      float[] blurred = blur(across, image.width(), image.channels(), weights);
      for (int k = 0; k < row; k++) {
        result[y * row + k] = Coloring.clamp(blurred[k]); // weights add up to one but for rounding
      }
    }
    return image.with(result);
  }

  /** What a pixel counts by its distance, from 0 on. */
  private static float[] weights(double sigma) {
    double[] weights = new double[(int) Math.ceil(4 * sigma) + 1];
    double total = 0;
    for (int d = 0; d < weights.length; d++) {
      weights[d] = StrictMath.exp(-d * d / (2 * sigma * sigma));
      total += d == 0 ? weights[d] : 2 * weights[d];
    }
    float[] shares = new float[weights.length];
    for (int d = 0; d < shares.length; d++) {
      shares[d] = (float) (weights[d] / total);
    }
    return shares;
  }

  /** Along the first axis of [length, inner]. */
  private static float[] blur(float[] values, int length, int inner, float[] weights) {
    int reach = weights.length - 1;
    // with the border continued, every tap is one loop over all values
    float[] padded = new float[(length + 2 * reach) * inner];
    for (int t = 0; t < length + 2 * reach; t++) {
      int nearest = Math.min(length - 1, Math.max(0, t - reach));
      System.arraycopy(values, nearest * inner, padded, t * inner, inner);
    }
    float[] result = new float[values.length];
    for (int tap = 0; tap <= 2 * reach; tap++) {
      add(weights[Math.abs(tap - reach)], padded, tap * inner, result);
    }
    return result;
  }

  private static void add(float weight, float[] values, int from, float[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * values[from + i];
    }
  }
}
