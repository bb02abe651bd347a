package org.normfree.core.optim;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), in the arithmetic of
 * PyTorch's {@code torch.optim.AdamW}. At step t, for a parameter p with gradient g, rate η and
 * decay λ:
 *
 * <pre>
 * p ← (1 − ηλ) p
 * m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
 * p ← p − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * The state's names are PyTorch's: {@code exp_avg.<parameter>} is m, {@code exp_avg_sq.<parameter>}
 * is v.
 */
public final class AdamW extends GroupedOptimizer {
  /** The usual β₁. */
  public static final double BETA1 = 0.9;

  /** The usual β₂. */
  public static final double BETA2 = 0.999;

  /** The usual ε. */
  public static final double EPSILON = 1e-8;

  private final double beta1;
  private final double beta2;
  private final double epsilon;

  /**
   * With the usual β₁, β₂ and ε.
   *
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   */
  public AdamW(Map<String, INDArray> parameters, List<ParameterGroup> groups) {
    this(parameters, groups, BETA1, BETA2, EPSILON);
  }

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param epsilon added to the root, above 0
   * @throws InputException if β₁, β₂ or ε is out of range
   */
  public AdamW(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      double beta1,
      double beta2,
      double epsilon) {
    super(parameters, groups, List.of("exp_avg", "exp_avg_sq"));
    this.beta1 = requireFraction("AdamW's beta1", beta1);
    this.beta2 = requireFraction("AdamW's beta2", beta2);
    if (!(epsilon > 0)) {
      throw new InputException(
          "AdamW's epsilon is %s; expected a number above 0, usually 1e-8".formatted(epsilon));
    }
    this.epsilon = epsilon;
  }

  @Override
  void update(
      ElementLoop loop,
      String name,
      long steps,
      double rate,
      double weightDecay,
      INDArray parameter,
      INDArray gradient,
      INDArray[] state) {
    double keep = 1 - rate * weightDecay;
    double stepSize = rate / (1 - StrictMath.pow(beta1, (double) steps));
    double root = Math.sqrt(1 - StrictMath.pow(beta2, (double) steps));
    loop.add(
        name,
        (rows, n) -> floats(rows, n, (float) keep, (float) stepSize, (float) root),
        (rows, n) -> doubles(rows, n, keep, stepSize, root),
        3,
        parameter,
        state[0],
        state[1],
        gradient);
  }

  private void floats(float[][] rows, int n, float keep, float stepSize, float root) {
    float b1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    float[] p = rows[0];
    float[] m = rows[1];
    float[] v = rows[2];
    float[] g = rows[3];
    // a loop an array, because the JIT vectorizes only those that write one
    for (int i = 0; i < n; i++) {
      m[i] = m[i] + b1 * (g[i] - m[i]);
    }
    for (int i = 0; i < n; i++) {
      v[i] = v[i] * b2 + c2 * g[i] * g[i];
    }
    for (int i = 0; i < n; i++) {
      p[i] = p[i] * keep - stepSize * (m[i] / ((float) Math.sqrt(v[i]) / root + eps));
    }
  }

  private void doubles(double[][] rows, int n, double keep, double stepSize, double root) {
    double b1 = 1 - beta1;
    double c2 = 1 - beta2;
    double[] p = rows[0];
    double[] m = rows[1];
    double[] v = rows[2];
    double[] g = rows[3];
    for (int i = 0; i < n; i++) {
      double mean = m[i] + b1 * (g[i] - m[i]);
      double square = v[i] * beta2 + c2 * g[i] * g[i];
      m[i] = mean;
      v[i] = square;
      p[i] = p[i] * keep - stepSize * (mean / (Math.sqrt(square) / root + epsilon));
    }
  }
}
