package org.normfree.core.diffuse;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/**
 * How much noise each step of a diffusion adds, and what follows from it, all in double precision.
 * With β_t, {@code ᾱ_t = Π_{s≤t}(1 − β_s)} and {@code ᾱ_{−1} = 1}, an image x₀ becomes {@code x_t =
 * √ᾱ_t·x₀ + √(1 − ᾱ_t)·ε}, t from 0 (one step) to T − 1. Source: arXiv 2006.11239; tables as in
 * openai/guided-diffusion and facebookresearch/DiT, gaussian_diffusion.py and respace.py.
 */
public final class NoiseSchedule {
  private static final double FIRST_OF_1000 = 1e-4;
  private static final double LAST_OF_1000 = 0.02;

  /** At this T the last β reaches 1. */
  private static final int TOO_FEW = 20;

  private final int trained;
  private final int[] times;
  private final double[] betas;
  private final double[] alphaBars;

  private NoiseSchedule(int trained, int[] times, double... betas) {
    this.trained = trained;
    this.times = times;
    this.betas = betas;
    alphaBars = new double[betas.length];
    double product = 1;
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      alphaBars[t] = product;
    }
  }

  /**
   * β rises linearly from {@code 1000/T·1e-4} to {@code 1000/T·0.02}.
   *
   * @param steps T, above 20
   * @throws InputException if T is so small that the last β is 1 or more
   */
  public static NoiseSchedule linear(int steps) {
    if (steps <= TOO_FEW) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "diffusion steps T=%d: the schedule scales with 1000/T and β would reach %.3g; train with T above %d, 1000 is usual, and sample with fewer steps",
              steps,
              LAST_OF_1000 * 1000 / steps,
              TOO_FEW));
    }
    double scale = 1000.0 / steps;
    double first = scale * FIRST_OF_1000;
    double last = scale * LAST_OF_1000;
    double stride = (last - first) / (steps - 1);
    double[] betas = IntStream.range(0, steps).mapToDouble(t -> first + t * stride).toArray();
    betas[steps - 1] = last;
    return new NoiseSchedule(steps, IntStream.range(0, steps).toArray(), betas);
  }

  /**
   * The same diffusion in fewer, larger steps: those at {@code round(i·(T − 1)/(K − 1))}, the
   * stride summed up and halves rounded to even, with {@code β'_i = 1 − ᾱ_i/ᾱ_{i−1}} over those
   * kept. The network is still told the {@link #time} it was trained with.
   *
   * @param steps K, from 1 to T
   * @throws InputException if there are not that many to choose from
   */
  public NoiseSchedule respaced(int steps) {
    if (steps < 1 || steps > betas.length) {
      throw new InputException(
          "sampling steps=%s of a diffusion of %s; expected from 1 to %s"
              .formatted(steps, betas.length, betas.length));
    }
    double stride = steps == 1 ? 1 : (double) (betas.length - 1) / (steps - 1);
    int[] kept = new int[steps];
    double[] larger = new double[steps];
    double at = 0;
    double before = 1;
    for (int i = 0; i < steps; i++) {
      int t = (int) Math.rint(at);
      kept[i] = times[t];
      larger[i] = 1 - alphaBars[t] / before;
      before = alphaBars[t];
      at += stride;
    }
    return new NoiseSchedule(trained, kept, larger);
  }

  /** The number of steps: T, or K of a respaced one. */
  public int steps() {
    return betas.length;
  }

  /** T of the diffusion that a network is trained for. */
  public int trainedSteps() {
    return trained;
  }

  /** What a network is told for step t. */
  public int time(int t) {
    return times[t];
  }

  /** β_t. */
  public double beta(int t) {
    return betas[t];
  }

  /** ᾱ_t; 1 before the first step, at −1. */
  public double alphaBar(int t) {
    return t < 0 ? 1 : alphaBars[t];
  }

  /** √ᾱ_t, the share of the image. */
  public double signal(int t) {
    return Math.sqrt(alphaBars[t]);
  }

  /** √(1 − ᾱ_t), the share of the noise. */
  public double noise(int t) {
    return Math.sqrt(1 - alphaBars[t]);
  }

  /** √(1/ᾱ_t), of x_t in the image that a guess of the noise means. */
  public double cleanOfNoisy(int t) {
    return Math.sqrt(1 / alphaBars[t]);
  }

  /** √(1/ᾱ_t − 1), of the noise in the image that a guess of the noise means. */
  public double cleanOfNoise(int t) {
    return Math.sqrt(1 / alphaBars[t] - 1);
  }

  /** {@code β̃_t = β_t(1 − ᾱ_{t−1})/(1 − ᾱ_t)}, the variance of q(x_{t−1} | x_t, x₀). */
  public double posteriorVariance(int t) {
    return betas[t] * (1 - alphaBar(t - 1)) / (1 - alphaBars[t]);
  }

  /** log β̃_t; at 0, where that is −∞, the value at 1. */
  public double posteriorLogVariance(int t) {
    boolean single = t == 0 && betas.length == 1;
    return StrictMath.log(single ? betas[0] : posteriorVariance(Math.max(t, 1)));
  }

  /** {@code β_t√ᾱ_{t−1}/(1 − ᾱ_t)}, of x₀ in the mean of q(x_{t−1} | x_t, x₀). */
  public double posteriorOfClean(int t) {
    return betas[t] * Math.sqrt(alphaBar(t - 1)) / (1 - alphaBars[t]);
  }

  /** {@code (1 − ᾱ_{t−1})√(1 − β_t)/(1 − ᾱ_t)}, of x_t in the mean of q(x_{t−1} | x_t, x₀). */
  public double posteriorOfNoisy(int t) {
    return (1 - alphaBar(t - 1)) * Math.sqrt(1 - betas[t]) / (1 - alphaBars[t]);
  }

  /** A table over all steps. */
  public double[] table(IntToDoubleFunction of) {
    double[] values = new double[betas.length];
    Arrays.setAll(values, of);
    return values;
  }
}
