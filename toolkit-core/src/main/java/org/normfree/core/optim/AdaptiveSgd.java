package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient descent with momentum whose steps adapt. For a parameter θ with gradient g, rate η,
 * momentum μ and decay λ, s and p as {@link StepAdaptation} moves them with h and m of the step
 * before (the first step leaves both at 1):
 *
 * <pre>
 * m ← b·m + (1 − b)·g      h ← μ·h + η·p∘g      θ ← (1 − ηλ)·θ − s·h
 * </pre>
 *
 * Of {@link StepAdaptation.Kind#HYPERGRADIENT}: {@code η_t = η + Σ β<g_k, g_(k−1)>}, {@code h = μh
 * + η_t·g}. The decay is outside of what adapts.
 */
public final class AdaptiveSgd extends GroupedOptimizer {
  private static final String SCALE = "scale";

  private final double momentum;
  private final StepAdaptation adaptation;
  private final StepAdaptation.Gains gains;

  /** s, or of a hypergradient what is added to the rate. */
  private final INDArray scale;

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param momentum μ in [0, 1)
   * @param adaptation how the steps adapt
   * @throws org.normfree.core.InputException if the momentum is out of range
   */
  public AdaptiveSgd(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      double momentum,
      StepAdaptation adaptation) {
    super(parameters, groups, List.of("momentum_buffer", "average", "gain"));
    this.momentum = requireFraction("momentum", momentum);
    this.adaptation = adaptation;
    gains = adaptation.gainRule();
    boolean added = adaptation.kind() == StepAdaptation.Kind.HYPERGRADIENT;
    scale = Nd4j.scalar(DataType.DOUBLE, added ? 0 : 1);
  }

  /** The scale s; of a hypergradient what has been added to the rate. */
  public double scale() {
    return scale.getDouble(0);
  }

  @Override
  Map<String, INDArray> common() {
    return Map.of(SCALE, scale);
  }

  @Override
  void prepare(ElementLoop loop, List<Moving> moving) {
    boolean hypergradient = adaptation.kind() == StepAdaptation.Kind.HYPERGRADIENT;
    if (!hypergradient && !adaptation.scales()) {
      return;
    }
    List<Supplier<double[]>> sums = new ArrayList<>();
    for (Moving one : moving) {
      sums.add(
          loop.addSums(
              one.name() + "/products",
              (rows, n, sum) -> StepAdaptation.products(rows[0], rows[1], rows[2], n, sum),
              (rows, n, sum) -> StepAdaptation.products(rows[0], rows[1], n, sum),
              3,
              0,
              one.state()[hypergradient ? 1 : 0],
              one.gradient()));
    }
    double[] products = StepAdaptation.total(loop, sums);
    scale.assign(
        hypergradient
            ? scale() + adaptation.scaleRate() * products[0]
            : adaptation.scale(scale(), products));
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
    boolean hypergradient = adaptation.kind() == StepAdaptation.Kind.HYPERGRADIENT;
    double keep = 1 - rate * weightDecay;
    double now = hypergradient ? rate + scale() : rate;
    double factor = hypergradient ? 1 : scale();
    boolean first = steps == 1;
    loop.add(
        name,
        (rows, n) -> floats(rows, n, first, (float) keep, (float) now, (float) factor),
        (rows, n) -> doubles(rows, n, first, keep, now, factor),
        4,
        parameter,
        state[0],
        state[1],
        state[2],
        gradient);
  }

  /** Decay of the average; a hypergradient wants the gradient before alone. */
  private double averageDecay() {
    return adaptation.kind() == StepAdaptation.Kind.HYPERGRADIENT ? 0 : adaptation.averageDecay();
  }

  private void floats(float[][] rows, int n, boolean first, float keep, float rate, float factor) {
    float mu = (float) momentum;
    float b = (float) averageDecay();
    float[] p = rows[0];
    float[] h = rows[1];
    float[] m = rows[2];
    float[] gain = rows[3];
    float[] g = rows[4];
    if (first) {
      Arrays.fill(gain, 0, n, 1);
    }
    if (adaptation.gains()) {
      gains.move(gain, m, g, n);
    }
    for (int i = 0; i < n; i++) {
      m[i] = b * m[i] + (1 - b) * g[i];
    }
    for (int i = 0; i < n; i++) {
      h[i] = mu * h[i] + rate * gain[i] * g[i];
    }
    for (int i = 0; i < n; i++) {
      p[i] = keep * p[i] - factor * h[i];
    }
  }

  private void doubles(
      double[][] rows, int n, boolean first, double keep, double rate, double factor) {
    double b = averageDecay();
    double[] p = rows[0];
    double[] h = rows[1];
    double[] m = rows[2];
    double[] gain = rows[3];
    double[] g = rows[4];
    for (int i = 0; i < n; i++) {
      gain[i] = first ? 1 : gain[i];
      if (adaptation.gains()) {
        gain[i] = gains.next(gain[i], m[i] * g[i]);
      }
      m[i] = b * m[i] + (1 - b) * g[i];
      h[i] = momentum * h[i] + rate * gain[i] * g[i];
      p[i] = keep * p[i] - factor * h[i];
    }
  }
}
