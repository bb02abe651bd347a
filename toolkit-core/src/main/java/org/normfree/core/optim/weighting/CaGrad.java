package org.normfree.core.optim.weighting;

import java.util.Arrays;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * Conflict-averse gradient descent: the direction within {@code c‖g₀‖} of the mean gradient g₀
 * whose worst inner product with a gradient is largest. By duality
 *
 * <pre>
 * d = g₀ + c‖g₀‖·g_w/‖g_w‖     g_w = Σ w_i g_i
 * w = argmin &lt;g_w, g₀&gt; + c‖g₀‖·‖g_w‖     w ≥ 0, Σ w_i = 1
 * </pre>
 *
 * Exact up to six losses: on a set of losses the minimum solves a quadratic equation, and every set
 * is tried; beyond by multiplicative steps. For c below 1 it comes to rest where the mean does.
 * Source: arXiv 2110.14048, algorithm 1.
 */
public final class CaGrad implements Weighting {
  private static final double USUAL = 0.5;
  private static final int MOST_STEPS = 50_000;

  private final double c;
  private final Rescale rescale;

  /** What the direction is divided by. */
  public enum Rescale {
    /** Nothing. */
    NONE,
    /** {@code 1 + c²}, the code's default. */
    SQUARE,
    /** {@code 1 + c}. */
    PLAIN
  }

  /** With c 0.5 and the code's scale. */
  public CaGrad() {
    this(USUAL, Rescale.SQUARE);
  }

  /**
   * @param c how far from the mean, at least 0, usually below 1
   * @param rescale what the direction is divided by
   * @throws InputException if c is below 0
   */
  public CaGrad(double c, Rescale rescale) {
    if (!(c >= 0 && c < Double.POSITIVE_INFINITY)) {
      throw new InputException("CAGrad's c is %s; expected at least 0, usually 0.5".formatted(c));
    }
    this.c = c;
    this.rescale = rescale;
  }

  @Override
  public String name() {
    return "cagrad";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    Gram products = new Gram(gram);
    int tasks = products.size();
    double[] mean = Weightings.all(tasks, 1.0 / tasks);
    double reach = c * Math.sqrt(products.square(mean));
    double[] w = worst(products, mean, reach);
    double length = Math.sqrt(products.square(w));
    double[] weights = mean;
    for (int i = 0; i < tasks && length > 0; i++) {
      weights[i] += reach * w[i] / length;
    }
    double divisor =
        switch (rescale) {
          case NONE -> 1;
          case SQUARE -> 1 + c * c;
          case PLAIN -> 1 + c;
        };
    return Arrays.stream(weights).map(a -> a / divisor).toArray();
  }

  /**
   * The weights w of the gradients that the mean is moved by.
   *
   * @param gram inner products of the gradients
   */
  public double[] worst(double[][] gram) {
    Gram products = new Gram(gram);
    double[] mean = Weightings.all(gram.length, 1.0 / gram.length);
    return worst(products, mean, c * Math.sqrt(products.square(mean)));
  }

  private static double[] worst(Gram gram, double[] mean, double reach) {
    double[] toMean = gram.times(mean);
    return gram.size() <= Gram.MOST_EXACT
        ? Gram.least(
                gram.size(),
                support -> on(gram, toMean, reach, support),
                w -> Gram.dot(w, toMean) + reach * Math.sqrt(gram.square(w)))
            .orElseThrow()
        : mirrorDescent(gram, toMean, reach);
  }

  /**
   * Where the objective is level on a set: {@code b + s·Mw/‖g_w‖ = μ}. With p = M⁻¹1 and q = M⁻¹b
   * that is {@code w = (μp − q)·‖g_w‖/s}, and μ solves {@code μ²·Σp − 2μ·Σq + <b, q> = s²}.
   */
  private static Optional<double[]> on(Gram gram, double[] toMean, double reach, int[] support) {
    if (support.length == 1) {
      return Optional.of(gram.spread(support, 1));
    }
    double[] b = Arrays.stream(support).mapToDouble(i -> toMean[i]).toArray();
    Optional<double[]> p = gram.solve(support, Weightings.all(support.length, 1));
    Optional<double[]> q = gram.solve(support, b);
    if (p.isEmpty() || q.isEmpty()) {
      return Optional.empty();
    }
    double sumP = Arrays.stream(p.get()).sum();
    double sumQ = Arrays.stream(q.get()).sum();
    double root = sumQ * sumQ - sumP * (Gram.dot(b, q.get()) - reach * reach);
    if (!(root > 0 && sumP > 0)) {
      return Optional.empty();
    }
    double level = (sumQ + Math.sqrt(root)) / sumP;
    double[] w = new double[support.length];
    for (int i = 0; i < w.length; i++) {
      w[i] = (level * p.get()[i] - q.get()[i]) / (level * sumP - sumQ);
    }
    return Optional.of(gram.spread(support, w));
  }

  private static double[] mirrorDescent(Gram gram, double[] toMean, double reach) {
    double[] w = Weightings.all(gram.size(), 1.0 / gram.size());
    double[] average = new double[gram.size()];
    for (int step = 1; step <= MOST_STEPS; step++) {
      double[] inner = gram.times(w);
      double length = Math.sqrt(Math.max(Gram.dot(w, inner), Double.MIN_NORMAL));
      double rate = 1 / Math.sqrt(step);
      double sum = 0;
      for (int i = 0; i < w.length; i++) {
        w[i] *= Math.exp(-rate * (toMean[i] + reach * inner[i] / length) / (1 + reach));
        sum += w[i];
      }
      for (int i = 0; i < w.length; i++) {
        w[i] /= sum;
        average[i] += w[i] * 2.0 * step / ((double) MOST_STEPS * (MOST_STEPS + 1));
      }
    }
    return average;
  }
}
