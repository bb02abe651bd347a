package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * {@link AdamW} whose steps adapt. With Adam's direction {@code d = m̂/(√v̂ + ε)}, s and p as the
 * normalized {@link StepAdaptation} moves them by the direction of the step before: the gains by
 * {@code sign(d)∘sign(g)}, the scale by the cosine of p∘d and g:
 *
 * <pre>
 * θ ← (1 − ηλ)·θ − η·s·p∘d
 * </pre>
 *
 * This form is the toolkit's own.
 */
public final class AdaptiveAdamW extends GroupedOptimizer {
  private static final String SCALE = "scale";

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final StepAdaptation adaptation;
  private final StepAdaptation.Gains gains;
  private final INDArray scale = Nd4j.scalar(DataType.DOUBLE, 1);

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param epsilon added to the root, above 0
   * @param adaptation how the steps adapt: normalized, and no hypergradient
   * @throws InputException if a setting is out of range
   */
  public AdaptiveAdamW(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      double beta1,
      double beta2,
      double epsilon,
      StepAdaptation adaptation) {
    super(parameters, groups, List.of("exp_avg", "exp_avg_sq", "gain"), 1);
    this.beta1 = requireFraction("AdamW's beta1", beta1);
    this.beta2 = requireFraction("AdamW's beta2", beta2);
    if (!(epsilon > 0)) {
      throw new InputException(
          "AdamW's epsilon is %s; expected a number above 0, usually 1e-8".formatted(epsilon));
    }
    if (!adaptation.normalized() || adaptation.kind() == StepAdaptation.Kind.HYPERGRADIENT) {
      throw new InputException(
          "Adam's steps adapt in the normalized form and without a hypergradient, not as %s; take SGD for it"
              .formatted(adaptation));
    }
    this.epsilon = epsilon;
    this.adaptation = adaptation;
    gains = adaptation.gainRule();
  }

  /** The scale s. */
  public double scale() {
    return scale.getDouble(0);
  }

  @Override
  Map<String, INDArray> common() {
    return Map.of(SCALE, scale);
  }

  /** Factors that make the direction of a step out of the averages behind it. */
  private record Direction(double mean, double root, double epsilon) {
    double of(double m, double v) {
      return m * mean / (Math.sqrt(v) * root + epsilon);
    }

    /** Directions times gains. */
    void of(float[] m, float[] v, float[] gain, float[] result, int n) {
      float factor = (float) mean;
      float divisor = (float) root;
      float eps = (float) epsilon;
      for (int i = 0; i < n; i++) {
        result[i] = gain[i] * (m[i] * factor / ((float) Math.sqrt(v[i]) * divisor + eps));
      }
    }
  }

  /** The direction of the steps-th step; 0 of none. */
  private Direction direction(long steps) {
    return steps == 0
        ? new Direction(0, 0, 1)
        : new Direction(
            1 / (1 - StrictMath.pow(beta1, (double) steps)),
            1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) steps)),
            epsilon);
  }

  /**
   * One pass over averages, gains and gradient: how the step before agrees with the gradient, and
   * the step to take instead of the gradient. The parameters follow, once the scale is known.
   */
  @Override
  void prepare(ElementLoop loop, List<Moving> moving) {
    if (!adaptation.scales()) {
      return;
    }
    List<Supplier<double[]>> sums = new ArrayList<>();
    for (Moving one : moving) {
      Direction before = direction(one.steps() - 1);
      Direction now = direction(one.steps());
      boolean first = one.steps() == 1;
      sums.add(
          loop.addSums(
              one.name() + "/products",
              (rows, n, sum) -> {
                products(rows, n, before, sum);
                direct(rows[0], rows[1], rows[2], rows[3], n, first, now);
              },
              (rows, n, sum) -> {
                products(rows, n, before, sum);
                direct(rows[0], rows[1], rows[2], rows[3], n, first, now);
              },
              3,
              4,
              one.state()[0],
              one.state()[1],
              one.state()[2],
              one.gradient()));
    }
    double[] products = StepAdaptation.total(loop, sums);
    scale.assign(adaptation.scale(scale(), products));
  }

  private static void products(float[][] rows, int n, Direction before, double[] sums) {
    // 0 where there was no step before, as all of its state is
    float[] step = rows[4];
    before.of(rows[0], rows[1], rows[2], step, n);
    StepAdaptation.products(step, rows[3], rows[5], n, sums);
  }

  private static void products(double[][] rows, int n, Direction before, double[] sums) {
    for (int i = 0; i < n; i++) {
      double step = rows[2][i] * before.of(rows[0][i], rows[1][i]);
      sums[0] += step * rows[3][i];
      sums[1] += step * step;
      sums[2] += rows[3][i] * rows[3][i];
    }
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
    double step = rate * scale();
    if (adaptation.scales()) {
      loop.add(
          name,
          (rows, n) -> move(rows[0], rows[1], n, (float) keep, (float) step),
          (rows, n) -> move(rows[0], rows[1], n, keep, step),
          1,
          parameter,
          gradient);
      return;
    }
    Direction now = direction(steps);
    boolean first = steps == 1;
    loop.add(
        name,
        (rows, n) -> {
          direct(rows[1], rows[2], rows[3], rows[4], n, first, now);
          move(rows[0], rows[4], n, (float) keep, (float) step);
        },
        (rows, n) -> {
          direct(rows[1], rows[2], rows[3], rows[4], n, first, now);
          move(rows[0], rows[4], n, keep, step);
        },
        4,
        parameter,
        state[0],
        state[1],
        state[2],
        gradient);
  }

  /** Moves gains and averages on, and puts {@code p∘d} in the place of the gradient. */
  private void direct(
      float[] m, float[] v, float[] gain, float[] g, int n, boolean first, Direction now) {
    float b1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    if (first) {
      Arrays.fill(gain, 0, n, 1);
    }
    if (adaptation.gains()) {
      // the direction's sign is that of its mean
      gains.move(gain, m, g, n);
    }
    for (int i = 0; i < n; i++) {
      m[i] = m[i] + b1 * (g[i] - m[i]);
    }
    for (int i = 0; i < n; i++) {
      v[i] = v[i] * b2 + c2 * g[i] * g[i];
    }
    now.of(m, v, gain, g, n);
  }

  private void direct(
      double[] m, double[] v, double[] gain, double[] g, int n, boolean first, Direction now) {
    for (int i = 0; i < n; i++) {
      gain[i] = first ? 1 : gain[i];
      if (adaptation.gains()) {
        gain[i] = gains.next(gain[i], m[i] * g[i]);
      }
      m[i] += (1 - beta1) * (g[i] - m[i]);
      v[i] = v[i] * beta2 + (1 - beta2) * g[i] * g[i];
      g[i] = gain[i] * now.of(m[i], v[i]);
    }
  }

  private static void move(float[] p, float[] step, int n, float keep, float rate) {
    for (int i = 0; i < n; i++) {
      p[i] = p[i] * keep - rate * step[i];
    }
  }

  private static void move(double[] p, double[] step, int n, double keep, double rate) {
    for (int i = 0; i < n; i++) {
      p[i] = p[i] * keep - rate * step[i];
    }
  }
}
