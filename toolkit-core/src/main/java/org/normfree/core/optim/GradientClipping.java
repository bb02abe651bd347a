package org.normfree.core.optim;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Clipping by the global norm, as PyTorch's {@code clip_grad_norm_}: with N the Euclidean norm over
 * all gradients together, each is multiplied by {@code min(1, maxNorm / (N + 1e-6))}.
 */
public final class GradientClipping {
  private static final double EPSILON = 1e-6;

  private final ElementLoop loop = new ElementLoop(1);

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
   * @return the norm before clipping
   */
  public double clip(Map<String, INDArray> gradients, double maxNorm) {
    double norm = norm(gradients);
    double scale = maxNorm / (norm + EPSILON);
    if (scale < 1) {
      for (Map.Entry<String, INDArray> gradient : gradients.entrySet()) {
        loop.add(
            gradient.getKey(),
            (rows, n) -> {
              float[] g = rows[0];
              float factor = (float) scale;
              for (int i = 0; i < n; i++) {
                g[i] *= factor;
              }
            },
            (rows, n) -> {
              double[] g = rows[0];
              for (int i = 0; i < n; i++) {
                g[i] *= scale;
              }
            },
            1,
            gradient.getValue());
      }
      loop.run();
    }
    return norm;
  }
}
