package org.normfree.core.kernel;

import java.util.Arrays;

/**
 * What both cross-entropies do about logits of −∞: their probability is 0 and 0·log 0 is 0. Where
 * nothing is defined, because all are −∞ or one is ∞ or no number, every result is no number.
 */
final class LogSoftmax {
  private LogSoftmax() {}

  /** powers ← {@code e^(x − largest)}, 0 for −∞. */
  static void powers(float[] x, float largest, double[] powers) {
    int n = x.length;
    if (!Float.isFinite(largest)) {
      Arrays.fill(powers, Double.NaN);
      return;
    }
    float smallest = largest;
    for (int i = 0; i < n; i++) {
      powers[i] = (double) x[i] - largest;
      smallest = Math.min(smallest, x[i]);
    }
    LoopMath.expNegative(powers, n);
    for (int i = 0; smallest == Float.NEGATIVE_INFINITY && i < n; i++) {
      powers[i] = x[i] == Float.NEGATIVE_INFINITY ? 0 : powers[i];
    }
  }

  /** {@code weight·(−log p)}, 0 where the weight is 0 and p, too. */
  static double times(double weight, double minusLog) {
    return weight == 0 && minusLog == Double.POSITIVE_INFINITY ? 0 : weight * minusLog;
  }
}
