package org.normfree.core.model.image;

import org.normfree.core.model.Checks;

/**
 * A time as sines and cosines of {@code t·f_k}, {@code f_k = period^(−k/(F/2))} for k below F/2:
 * all cosines first, then all sines, then a 0 if F is odd. Source: facebookresearch/DiT, models.py,
 * after openai/glide. The official code rounds f to single precision; this does not.
 */
public final class TimestepEmbedding {
  private TimestepEmbedding() {}

  /**
   * @param time t
   * @param frequencies F, at least 2
   * @param period the longest period over 2π; 10000 is usual
   * @return [F]
   */
  public static double[] of(double time, int frequencies, double period) {
    Checks.require(frequencies >= 2, "frequencies=%d, expected at least 2", frequencies);
    int half = frequencies / 2;
    double[] values = new double[frequencies];
    for (int k = 0; k < half; k++) {
      double angle = time * StrictMath.exp(-StrictMath.log(period) * k / half);
      values[k] = StrictMath.cos(angle);
      values[half + k] = StrictMath.sin(angle);
    }
    return values;
  }

  /** Those of the times from 0 on, [times, F] row-major. */
  static double[] table(int times, int frequencies, double period) {
    double[] table = new double[times * frequencies];
    for (int t = 0; t < times; t++) {
      System.arraycopy(of(t, frequencies, period), 0, table, t * frequencies, frequencies);
    }
    return table;
  }
}
