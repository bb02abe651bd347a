package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * LAMB: Adam's direction, for each parameter array as long as the array itself. At step t, for a
 * parameter p with gradient g, rate η and decay λ:
 *
 * <pre>
 * m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
 * r = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λp
 * p ← p − η · ‖p‖/‖r‖ · r
 * </pre>
 *
 * Where ‖p‖ or ‖r‖ is 0 the ratio is 1. Source: arXiv 1904.00962, algorithm 2, with φ(z) = z.
 */
public final class Lamb extends GroupedOptimizer {
  /** The paper's ε. */
  public static final double EPSILON = 1e-6;

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final Map<String, INDArray> directions = new HashMap<>();
  private final List<Pending> pending = new ArrayList<>();

  /** A parameter whose direction is computed and not yet taken. */
  private record Pending(String name, double rate, INDArray parameter, INDArray direction) {}

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param epsilon added to the root, above 0
   * @throws InputException if β₁, β₂ or ε is out of range
   */
  public Lamb(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      double beta1,
      double beta2,
      double epsilon) {
    super(parameters, groups, List.of("exp_avg", "exp_avg_sq"), 1);
    this.beta1 = requireFraction("LAMB's beta1", beta1);
    this.beta2 = requireFraction("LAMB's beta2", beta2);
    if (!(epsilon > 0)) {
      throw new InputException(
          "LAMB's epsilon is %s; expected a number above 0, usually 1e-6".formatted(epsilon));
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
    INDArray direction =
        directions.computeIfAbsent(name, key -> Nd4j.zerosLike(parameter).dup('c'));
    double mean = 1 / (1 - StrictMath.pow(beta1, (double) steps));
    double square = 1 / (1 - StrictMath.pow(beta2, (double) steps));
    loop.add(
        name,
        (rows, n) -> floats(rows, n, (float) mean, (float) square, (float) weightDecay),
        (rows, n) -> doubles(rows, n, mean, square, weightDecay),
        3,
        state[0],
        state[1],
        direction,
        parameter,
        gradient);
    pending.add(new Pending(name, rate, parameter, direction));
  }

  private void floats(float[][] rows, int n, float mean, float square, float decay) {
    float b1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    float[] m = rows[0];
    float[] v = rows[1];
    float[] r = rows[2];
    float[] p = rows[3];
    float[] g = rows[4];
    for (int i = 0; i < n; i++) {
      m[i] = m[i] + b1 * (g[i] - m[i]);
    }
    for (int i = 0; i < n; i++) {
      v[i] = v[i] * b2 + c2 * g[i] * g[i];
    }
    for (int i = 0; i < n; i++) {
      r[i] = m[i] * mean / ((float) Math.sqrt(v[i] * square) + eps) + decay * p[i];
    }
  }

  private void doubles(double[][] rows, int n, double mean, double square, double decay) {
    double b1 = 1 - beta1;
    double c2 = 1 - beta2;
    double[] m = rows[0];
    double[] v = rows[1];
    double[] p = rows[3];
    double[] g = rows[4];
    for (int i = 0; i < n; i++) {
      m[i] += b1 * (g[i] - m[i]);
      v[i] = v[i] * beta2 + c2 * g[i] * g[i];
      rows[2][i] = m[i] * mean / (Math.sqrt(v[i] * square) + epsilon) + decay * p[i];
    }
  }

  /** Scales every direction to the size of its parameter and takes it. */
  @Override
  void finish(ElementLoop loop) {
    List<Pending> steps = List.copyOf(pending);
    pending.clear();
    for (Pending step : steps) {
      double scale =
          step.rate
              * trust(
                  norm(loop, step.name + "/size", step.parameter),
                  norm(loop, step.name + "/length", step.direction));
      loop.add(
          step.name + "/step",
          (rows, n) -> subtract(rows, n, (float) scale),
          (rows, n) -> subtract(rows, n, scale),
          1,
          step.parameter,
          step.direction);
      loop.run();
    }
  }

  private static double trust(double parameter, double direction) {
    return parameter > 0 && direction > 0 ? parameter / direction : 1;
  }

  private static double norm(ElementLoop loop, String name, INDArray array) {
    Map<String, INDArray> single = Map.of(name, array);
    return Math.sqrt(loop.sum(GradientClipping::squares, GradientClipping::squares, single));
  }

  private static void subtract(float[][] rows, int n, float scale) {
    for (int i = 0; i < n; i++) {
      rows[0][i] -= scale * rows[1][i];
    }
  }

  private static void subtract(double[][] rows, int n, double scale) {
    for (int i = 0; i < n; i++) {
      rows[0][i] -= scale * rows[1][i];
    }
  }
}
