package org.normfree.core.data.speech;

import java.math.BigInteger;
import org.normfree.core.InputException;

/**
 * Changes the rate of a sound: a band-limited interpolation by a sinc under a Kaiser window,
 * evaluated at the places of the new samples. What lies above half of the lower of the two rates is
 * taken out, by at least 60 dB from 1.04 times that on; up to 0.88 times it nothing changes. Each
 * fraction of a sample at which a new one can lie has its weights computed once.
 */
public final class Resampler {
  /** Zeros of the sinc on either side. */
  private static final int ZEROS = 32;

  /** Where the sinc's band ends, of half the lower rate. */
  private static final double BAND = 0.95;

  private static final double KAISER = 8;

  private Resampler() {}

  /**
   * @param wave a sound
   * @param rate the rate wanted, at least 1
   * @return the sound at that rate, as long within one sample; the same if it has it already
   * @throws InputException if the rate is not positive
   */
  public static Wave to(Wave wave, int rate) {
    if (rate < 1) {
      throw new InputException("the rate wanted is %s; expected at least 1".formatted(rate));
    }
    if (rate == wave.rate()) {
      return wave;
    }
    int common = BigInteger.valueOf(rate).gcd(BigInteger.valueOf(wave.rate())).intValue();
    int up = rate / common;
    int down = wave.rate() / common;
    float[] samples = wave.samples();
    int count = (int) (((long) samples.length * up + down - 1) / down);
    double cutoff = BAND * Math.min(1, (double) rate / wave.rate());
    int reach = (int) Math.ceil(ZEROS / cutoff);
    double[][] phases = new double[up][];
    float[] resampled = new float[count];
    for (int i = 0; i < count; i++) {
      long place = (long) i * down;
      int centre = (int) (place / up);
      int phase = (int) (place % up);
      if (phases[phase] == null) {
        phases[phase] = weights((double) phase / up, cutoff, reach);
      }
      resampled[i] = (float) sum(samples, centre - reach, phases[phase]);
    }
    return new Wave(resampled, rate);
  }

  private static double sum(float[] samples, int first, double... weights) {
    double sum = 0;
    int from = Math.max(0, -first);
    int to = Math.min(weights.length, samples.length - first);
    for (int k = from; k < to; k++) {
      sum += weights[k] * samples[first + k];
    }
    return sum;
  }

  /** Weights of the samples from {@code −reach} to {@code reach + 1} around a place. */
  private static double[] weights(double fraction, double cutoff, int reach) {
    double[] weights = new double[2 * reach + 2];
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      double x = k - reach - fraction;
      double within = x / (reach + 1);
      double window =
          Math.abs(within) >= 1
              ? 0
              : bessel(KAISER * Math.sqrt(1 - within * within)) / bessel(KAISER);
      weights[k] = cutoff * sinc(cutoff * x) * window;
      sum += weights[k];
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] /= sum; // a constant stays what it is
    }
    return weights;
  }

  private static double sinc(double x) {
    double angle = StrictMath.PI * x;
    return x == 0 ? 1 : StrictMath.sin(angle) / angle;
  }

  /** The modified Bessel function I₀, by its power series. */
  private static double bessel(double x) {
    double term = 1;
    double sum = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
      term *= x * x / (4.0 * k * k);
      sum += term;
    }
    return sum;
  }
}
