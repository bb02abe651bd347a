package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * LARS: momentum on gradients that are made as long as a share of their parameter. For a parameter
 * p with gradient g, rate η, momentum μ, decay λ and trust coefficient c:
 *
 * <pre>
 * r = g + λp                    of a matrix or a larger array: r ← c · ‖p‖/‖r‖ · r
 * v ← μv + r                    p ← p − ηv
 * </pre>
 *
 * Where ‖p‖ or ‖r‖ is 0 r stays as it is. Arrays of rank 0 and 1 (biases) are moved by momentum
 * alone; give them no decay either. Source: arXiv 1708.03888, in the form in which
 * facebookresearch/ mae trains its linear probe ({@code util/lars.py}).
 */
public final class Lars extends GroupedOptimizer {
  /** The usual c. */
  public static final double TRUST = 0.001;

  private final double momentum;
  private final double trust;
  private final Map<String, INDArray> directions = new HashMap<>();
  private final List<Pending> pending = new ArrayList<>();

  /** A parameter whose direction is computed and not yet taken. */
  private record Pending(
      String name, double rate, INDArray parameter, INDArray momentum, INDArray direction) {}

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param momentum μ in [0, 1)
   * @param trust c, above 0
   * @throws InputException if μ or c is out of range
   */
  public Lars(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      double momentum,
      double trust) {
    super(parameters, groups, List.of("momentum_buffer"), 1);
    this.momentum = requireFraction("LARS' momentum", momentum);
    if (!(trust > 0 && trust < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "LARS' trust coefficient is %s; expected a number above 0, usually 0.001"
              .formatted(trust));
    }
    this.trust = trust;
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
    loop.add(
        name,
        (rows, n) -> decayed(rows, n, (float) weightDecay),
        (rows, n) -> decayed(rows, n, weightDecay),
        1,
        direction,
        parameter,
        gradient);
    pending.add(new Pending(name, rate, parameter, state[0], direction));
  }

  private static void decayed(float[][] rows, int n, float decay) {
    for (int i = 0; i < n; i++) {
      rows[0][i] = rows[2][i] + decay * rows[1][i];
    }
  }

  private static void decayed(double[][] rows, int n, double decay) {
    for (int i = 0; i < n; i++) {
      rows[0][i] = rows[2][i] + decay * rows[1][i];
    }
  }

  /** Makes every direction as long as it may be, and takes it. */
  @Override
  void finish(ElementLoop loop) {
    List<Pending> steps = List.copyOf(pending);
    pending.clear();
    for (Pending step : steps) {
      double scale = step.parameter.rank() > 1 ? scale(loop, step) : 1;
      loop.add(
          step.name + "/step",
          (rows, n) -> move(rows, n, (float) step.rate, (float) scale),
          (rows, n) -> move(rows, n, step.rate, scale),
          2,
          step.parameter,
          step.momentum,
          step.direction);
    }
    loop.run();
  }

  private double scale(ElementLoop loop, Pending step) {
    double size = norm(loop, step.name + "/size", step.parameter);
    double length = norm(loop, step.name + "/length", step.direction);
    return size > 0 && length > 0 ? trust * size / length : 1;
  }

  private static double norm(ElementLoop loop, String name, INDArray array) {
    Map<String, INDArray> single = Map.of(name, array);
    return Math.sqrt(loop.sum(GradientClipping::squares, GradientClipping::squares, single));
  }

  private void move(float[][] rows, int n, float rate, float scale) {
    float mu = (float) momentum;
    float[] p = rows[0];
    float[] v = rows[1];
    float[] r = rows[2];
    for (int i = 0; i < n; i++) {
      v[i] = mu * v[i] + scale * r[i];
    }
    for (int i = 0; i < n; i++) {
      p[i] -= rate * v[i];
    }
  }

  private void move(double[][] rows, int n, double rate, double scale) {
    double[] p = rows[0];
    double[] v = rows[1];
    double[] r = rows[2];
    for (int i = 0; i < n; i++) {
      v[i] = momentum * v[i] + scale * r[i];
      p[i] -= rate * v[i];
    }
  }
}
