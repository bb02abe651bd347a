package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.kernel.SignalLoops.Roots;

/**
 * The right-angle transform of real sequences, under which a linear convolution of two sequences of
 * length n is a product of m ≥ n complex numbers a sequence: no zeros are appended and nothing has
 * to be put in order.
 *
 * <p>A sequence x of length 2m modulo {@code z^{2m} + 1} is, as real numbers go, the complex one
 * {@code x_j + i·x_{j+m}} modulo {@code z^m − i}; with {@code e^{iπj/2m}} as factor of element j
 * that is an ordinary cyclic sequence of length m. The first m elements of a product are real
 * parts. Frequencies stay in the order in which decimation leaves them. Source: R. Crandall and B.
 * Fagin, Discrete weighted transforms and large-integer arithmetic, 1994, section 5.
 */
final class RightAngle {
  /** Elements that are transformed step by step; of more, one part after the other. */
  private static final int PART = 256;

  private final int frequencies;
  private final Roots angles;
  private final Roots roots;

  /**
   * @param frequencies m, a power of 2
   */
  RightAngle(int frequencies) {
    this.frequencies = frequencies;
    angles = Roots.of(Math.PI / 2 / frequencies, frequencies);
    roots = Roots.of(-2 * Math.PI / frequencies, frequencies);
  }

  /** Numbers of frequencies of as many sequences as the loops have lanes. */
  record Spectrum(float[] re, float[] im) {}

  /** Transforms sequences of n elements. */
  void forward(SignalLoops loops, int lanes, float[] x, int n, Spectrum to) {
    loops.turn(x, angles, to.re, to.im, n);
    Arrays.fill(to.re, n * lanes, frequencies * lanes, 0);
    Arrays.fill(to.im, n * lanes, frequencies * lanes, 0);
    split(loops, to, 0, frequencies);
  }

  private void split(SignalLoops loops, Spectrum x, int from, int size) {
    if (size > PART) {
      loops.split4(x.re, x.im, from, from + size, size, roots);
      for (int i = 0; i < 4; i++) {
        split(loops, x, from + i * (size / 4), size / 4);
      }
      return;
    }
    int step = size;
    for (; step > 2; step /= 4) {
      loops.split4(x.re, x.im, from, from + size, step, roots);
    }
    if (step == 2) {
      loops.split2(x.re, x.im, from, from + size);
    }
  }

  /** Gives the first n elements of the sequences, and takes the spectrum up. */
  void back(SignalLoops loops, Spectrum from, float[] x, int n) {
    join(loops, from, 0, frequencies);
    loops.turnBack(from.re, from.im, angles, 1f / frequencies, x, n);
  }

  private void join(SignalLoops loops, Spectrum x, int from, int size) {
    if (size > PART) {
      for (int i = 0; i < 4; i++) {
        join(loops, x, from + i * (size / 4), size / 4);
      }
      loops.join4(x.re, x.im, from, from + size, size, roots);
      return;
    }
    int step = size;
    while (step > 4) {
      step /= 4;
    }
    if (step == 2) {
      loops.split2(x.re, x.im, from, from + size);
      step = 8;
    }
    for (; step <= size; step *= 4) {
      loops.join4(x.re, x.im, from, from + size, step, roots);
    }
  }

  /** {@code a ← a·b}, or {@code a·b̄}: convolution or correlation. */
  static void multiply(Spectrum a, Spectrum b, boolean conjugate, float[] work, int n) {
    real(a, b, conjugate ? -1 : 1, work, n);
    imaginary(a, b, conjugate ? -1 : 1, a.im, n);
    System.arraycopy(work, 0, a.re, 0, n);
  }

  private static void real(Spectrum a, Spectrum b, float sign, float[] to, int n) {
    float[] ar = a.re;
    float[] ai = a.im;
    float[] br = b.re;
    float[] bi = b.im;
    for (int i = 0; i < n; i++) {
      to[i] = ar[i] * br[i] - sign * ai[i] * bi[i];
    }
  }

  private static void imaginary(Spectrum a, Spectrum b, float sign, float[] to, int n) {
    float[] ar = a.re;
    float[] ai = a.im;
    float[] br = b.re;
    float[] bi = b.im;
    for (int i = 0; i < n; i++) {
      to[i] = ai[i] * br[i] + sign * ar[i] * bi[i];
    }
  }

  /** {@code sum ← sum + a·b̄}. */
  static void addCorrelation(Spectrum a, Spectrum b, Spectrum sum, float[] work, int n) {
    real(a, b, -1, work, n);
    PlainLoops.add(sum.re, work, n);
    imaginary(a, b, -1, work, n);
    PlainLoops.add(sum.im, work, n);
  }
}
