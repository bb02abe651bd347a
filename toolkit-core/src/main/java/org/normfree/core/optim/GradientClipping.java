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
    double[] sum = new double[1];
    for (INDArray gradient : gradients.values()) {
      loop.run(
          (rows, n) -> {
            double s = 0;
            for (int i = 0; i < n; i++) {
              double g = rows[0][i];
              s += g * g;
            }
            sum[0] += s;
          },
          (rows, n) -> {
            double s = 0;
            for (int i = 0; i < n; i++) {
              s += rows[0][i] * rows[0][i];
            }
            sum[0] += s;
          },
          0,
          gradient);
    }
    return Math.sqrt(sum[0]);
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
      for (INDArray gradient : gradients.values()) {
        loop.run(
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
            gradient);
      }
    }
    return norm;
  }
}
