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

  @Override
  void prepare(ElementLoop loop, List<Moving> moving) {
    if (!adaptation.scales()) {
      return;
    }
    List<Supplier<double[]>> sums = new ArrayList<>();
    for (Moving one : moving) {
      Direction before = direction(one.steps() - 1);
      sums.add(
          loop.addSums(
              one.name() + "/products",
              (rows, n, sum) -> products(rows, n, before, sum),
              (rows, n, sum) -> products(rows, n, before, sum),
              3,
              one.state()[0],
              one.state()[1],
              one.state()[2],
              one.gradient()));
    }
    double[] products = StepAdaptation.total(loop, sums);
    scale.assign(adaptation.scale(scale(), products));
  }

  private static void products(float[][] rows, int n, Direction before, double[] sums) {
    float mean = (float) before.mean;
    float root = (float) before.root;
    float eps = (float) before.epsilon;
    float[] m = rows[0];
    float[] v = rows[1];
    float[] gain = rows[2];
    float[] step = rows[4];
    // 0 where there was no step before, as all of its state is
    for (int i = 0; i < n; i++) {
      step[i] = gain[i] * (m[i] * mean / ((float) Math.sqrt(v[i]) * root + eps));
    }
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
    Direction now = direction(steps);
    boolean first = steps == 1;
    loop.add(
        name,
        (rows, n) -> floats(rows, n, first, keep, step, now),
        (rows, n) -> doubles(rows, n, first, keep, step, now),
        4,
        parameter,
        state[0],
        state[1],
        state[2],
        gradient);
  }

  private void floats(
      float[][] rows, int n, boolean first, double keep, double step, Direction now) {
    float b1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float[] p = rows[0];
    float[] m = rows[1];
    float[] v = rows[2];
    float[] gain = rows[3];
    float[] g = rows[4];
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
    float kept = (float) keep;
    float size = (float) (step * now.mean);
    float root = (float) now.root;
    float eps = (float) now.epsilon;
    for (int i = 0; i < n; i++) {
      p[i] = p[i] * kept - size * gain[i] * (m[i] / ((float) Math.sqrt(v[i]) * root + eps));
    }
  }

  private void doubles(
      double[][] rows, int n, boolean first, double keep, double step, Direction now) {
    double[] p = rows[0];
    double[] m = rows[1];
    double[] v = rows[2];
    double[] gain = rows[3];
    double[] g = rows[4];
    for (int i = 0; i < n; i++) {
      gain[i] = first ? 1 : gain[i];
      if (adaptation.gains()) {
        gain[i] = gains.next(gain[i], m[i] * g[i]);
      }
      m[i] += (1 - beta1) * (g[i] - m[i]);
      v[i] = v[i] * beta2 + (1 - beta2) * g[i] * g[i];
      p[i] = p[i] * keep - step * gain[i] * now.of(m[i], v[i]);
    }
  }
}
