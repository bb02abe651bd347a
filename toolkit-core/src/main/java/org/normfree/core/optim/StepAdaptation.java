package org.normfree.core.optim;

import java.util.List;
import java.util.function.Supplier;
import org.normfree.core.InputException;

/**
 * Step sizes that follow the gradients, by exponentiated gradients on factors of the step: a gain p
 * for each coordinate, one scale s for all. With the step's direction h and an average m of earlier
 * gradients, both of the step before, and the gradient g now,
 *
 * <pre>
 * s ← s·exp(γ_s·&lt;h, g&gt;)          p ← p·exp(γ_p·m∘g)
 * s ← s·exp(γ_s·cos(h, g))        p ← p·exp(γ_p·sign(m)∘sign(g))      normalized
 * </pre>
 *
 * Both stay within a factor of {@value #BOUND} of 1. The plain form depends on the size of
 * gradients: it runs away where they are large and stands still where they are small; the
 * normalized one is this toolkit's. Sources: arXiv 2202.00145; kexue.fm/archives/8968.
 *
 * @param kind which factors move
 * @param normalized whether the exponents are free of the gradients' size
 * @param gainRate γ_p, at least 0
 * @param scaleRate γ_s, at least 0; of {@link Kind#HYPERGRADIENT} its β
 * @param averageDecay decay of the average m of earlier gradients, in [0, 1)
 */
public record StepAdaptation(
    Kind kind, boolean normalized, double gainRate, double scaleRate, double averageDecay) {
  /** How far from 1 a factor may move, either way. */
  static final double BOUND = 1000;

  /** Which factors move. */
  public enum Kind {
    /** One for all coordinates. */
    SCALE,
    /** One for each coordinate. */
    GAIN,
    /** Both. */
    BOTH,
    /**
     * The rate itself, by {@code η ← η + β·<g, g_before>}; it may turn negative. arXiv 1703.04782.
     */
    HYPERGRADIENT
  }

  /** Checks the settings. */
  public StepAdaptation {
    requireRate("gain", gainRate);
    requireRate("scale", scaleRate);
    GroupedOptimizer.requireFraction("the decay of the average gradient", averageDecay);
  }

  private static void requireRate(String what, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          "the adaptation rate of the %s is %s; expected at least 0, about 0.01"
              .formatted(what, rate));
    }
  }

  boolean gains() {
    return kind == Kind.GAIN || kind == Kind.BOTH;
  }

  boolean scales() {
    return kind == Kind.SCALE || kind == Kind.BOTH;
  }

  static double bounded(double factor) {
    return Math.min(BOUND, Math.max(1 / BOUND, factor));
  }

  /** What moves the gains. */
  Gains gainRule() {
    return new Gains(normalized, gainRate, Math.exp(gainRate), Math.exp(-gainRate));
  }

  /**
   * Moves gains.
   *
   * @param normalized whether products count by their sign alone
   * @param rate γ_p
   * @param up {@code exp(γ_p)}
   * @param down {@code exp(−γ_p)}
   */
  record Gains(boolean normalized, double rate, double up, double down) {
    /** The next gain, where an earlier direction and a gradient have a product. */
    double next(double gain, double product) {
      if (normalized) {
        return product > 0 ? bounded(gain * up) : product < 0 ? bounded(gain * down) : gain;
      }
      return bounded(gain * Math.exp(rate * product));
    }

    /** The next gains, where earlier directions and gradients have products of those signs. */
    void move(float[] gain, float[] earlier, float[] gradient, int n) {
      if (!normalized) {
        for (int i = 0; i < n; i++) {
          gain[i] = (float) next(gain[i], (double) earlier[i] * gradient[i]);
        }
        return;
      }
      // no branches, because nobody can foresee signs: x/(|x| + least) is that of x
      float least = Float.MIN_VALUE;
      float halfMore = (float) (Math.min(BOUND * BOUND, up) - 1) / 2;
      float halfLess = (float) (1 - down) / 2;
      for (int i = 0; i < n; i++) {
        float sign =
            earlier[i]
                / (Math.abs(earlier[i]) + least)
                * (gradient[i] / (Math.abs(gradient[i]) + least));
        float size = Math.abs(sign);
        gain[i] += gain[i] * ((sign + size) * halfMore + (sign - size) * halfLess);
      }
      float lowest = (float) (1 / BOUND);
      float highest = (float) BOUND;
      for (int i = 0; i < n; i++) {
        gain[i] = Math.min(highest, Math.max(lowest, gain[i]));
      }
    }
  }

  /** The next scale, from {@code <h, g>, <h, h>, <g, g>} over all parameters. */
  double scale(double scale, double... products) {
    double exponent = products[0];
    if (normalized) {
      double lengths = Math.sqrt(products[1] * products[2]);
      exponent = lengths > 0 ? products[0] / lengths : 0;
    }
    return bounded(scale * Math.exp(scaleRate * exponent));
  }

  /** Runs the loops that were added, and adds up what they give, one array a parameter. */
  static double[] total(ElementLoop loop, List<Supplier<double[]>> sums) {
    loop.run();
    double[] total = new double[3];
    for (Supplier<double[]> sum : sums) {
      double[] own = sum.get();
      for (int k = 0; k < total.length; k++) {
        total[k] += own[k];
      }
    }
    return total;
  }

  static void products(double[] h, double[] g, int n, double[] sums) {
    for (int i = 0; i < n; i++) {
      sums[0] += h[i] * g[i];
      sums[1] += h[i] * h[i];
      sums[2] += g[i] * g[i];
    }
  }

  static void products(float[] h, float[] g, float[] scratch, int n, double[] sums) {
    sums[0] += ElementLoop.product(h, g, scratch, n);
    sums[1] += ElementLoop.product(h, h, scratch, n);
    sums[2] += ElementLoop.product(g, g, scratch, n);
  }
}
