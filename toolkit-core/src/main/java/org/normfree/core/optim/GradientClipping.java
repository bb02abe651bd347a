package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Clipping by a norm: with N the Euclidean norm {@link Over over} all gradients together, or over
 * each on its own, a gradient is multiplied by {@code min(1, maxNorm / (N + 1e-6))}.
 */
public final class GradientClipping {
  private static final double EPSILON = 1e-6;

  private final Over over;
  private final ElementLoop loop = new ElementLoop(1);

  /** What a norm is taken over. */
  public enum Over {
    /** All gradients together, as PyTorch's {@code clip_grad_norm_}. */
    ALL,
    /**
     * Each parameter's gradient, as the code of DINO (facebookresearch/dino, {@code
     * clip_gradients}). There queries, keys and values are one parameter, here they are three.
     */
    EACH
  }

  /** Clips by the norm over all. */
  public GradientClipping() {
    this(Over.ALL);
  }

  /**
   * @param over what a norm is taken over
   */
  public GradientClipping(Over over) {
    this.over = over;
  }

  /**
   * @param gradients gradients by name
   * @return the Euclidean norm over all of them, accumulated in double precision; not finite if an
   *     element is not
   */
  public double norm(Map<String, INDArray> gradients) {
    return Math.sqrt(loop.sum(GradientClipping::squares, GradientClipping::squares, gradients));
  }

  static double squares(float[] row, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += (double) row[i] * row[i];
      s1 += (double) row[i + 1] * row[i + 1];
      s2 += (double) row[i + 2] * row[i + 2];
      s3 += (double) row[i + 3] * row[i + 3];
    }
    for (; i < n; i++) {
      s0 += (double) row[i] * row[i];
    }
    return s0 + s1 + (s2 + s3);
  }

  static double squares(double[] row, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += row[i] * row[i];
    }
    return sum;
  }

  /**
   * @param gradients gradients by name, scaled in place where their norm is too large
   * @param maxNorm the largest norm let through, above 0
   * @return the norm over all of them before clipping
   */
  public double clip(Map<String, INDArray> gradients, double maxNorm) {
    if (over == Over.ALL) {
      double norm = norm(gradients);
      scale(gradients, Collections.nCopies(gradients.size(), maxNorm / (norm + EPSILON)));
      return norm;
    }
    Map<String, Double> squares =
        loop.sums(GradientClipping::squares, GradientClipping::squares, gradients);
    List<Double> scales = new ArrayList<>();
    double total = 0;
    for (double square : squares.values()) {
      scales.add(maxNorm / (Math.sqrt(square) + EPSILON));
      total += square;
    }
    scale(gradients, scales);
    return Math.sqrt(total);
  }

  /** Multiplies each gradient by its factor where that is below 1. */
  private void scale(Map<String, INDArray> gradients, List<Double> factors) {
    Iterator<Double> factor = factors.iterator();
    gradients.forEach(
        (name, gradient) -> {
          double scale = factor.next();
          if (scale < 1) {
            loop.add(
                name,
                (rows, n) -> multiply(rows[0], n, (float) scale),
                (rows, n) -> multiply(rows[0], n, scale),
                1,
                gradient);
          }
        });
    loop.run();
  }

  private static void multiply(float[] g, int n, float factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }

  private static void multiply(double[] g, int n, double factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }
}
