package org.normfree.core.data.augment;

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
    float[] down = blur(image.pixels(), 1, image.height(), row, weights);
    return image.with(blur(down, image.height(), image.width(), image.channels(), weights));
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

  /** Along the middle axis of [outer, length, inner]. */
  private static float[] blur(float[] values, int outer, int length, int inner, float[] weights) {
    float[] result = new float[values.length];
    for (int o = 0; o < outer; o++) {
      for (int t = 0; t < length; t++) {
        int target = (o * length + t) * inner;
        for (int d = 1 - weights.length; d < weights.length; d++) {
          int nearest = Math.min(length - 1, Math.max(0, t + d));
          int source = (o * length + nearest) * inner;
          float weight = weights[Math.abs(d)];
          for (int i = 0; i < inner; i++) {
            result[target + i] += weight * values[source + i];
          }
        }
      }
    }
    return result;
  }
}
