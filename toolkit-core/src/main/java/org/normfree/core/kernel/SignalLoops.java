package org.normfree.core.kernel;

/**
 * Loops over sequences that lie side by side, as many as there are lanes: element t of all of them
 * is {@code lanes} floats from {@code t·lanes} on. What the steps of a Fourier transform and of a
 * direct convolution are made of.
 */
interface SignalLoops {
  /** {@code y_t += Σ_τ a_τ·b_{t−τ}} for t below n. */
  void convolve(float[] a, float[] b, float[] y, int n);

  /** {@code y_τ += Σ_t a_{t+τ}·b_t} for τ below n. */
  void correlate(float[] a, float[] b, float[] y, int n);

  /**
   * A step of a transform with decimation in frequency: in each block of {@code size} elements from
   * {@code from} to {@code to} the quarters become the sequences of which the frequencies 4k, 4k +
   * 1, 4k + 2 and 4k + 3 are the transforms.
   */
  void split4(float[] re, float[] im, int from, int to, int size, Roots roots);

  /** The same with the halves of blocks of two; twice is the factor 2. */
  void split2(float[] re, float[] im, int from, int to);

  /** The step back, but for the factor 1/4. */
  void join4(float[] re, float[] im, int from, int to, int size, Roots roots);

  /** {@code re + i·im = x·e^{iφ}}, with a root for each of n elements. */
  void turn(float[] x, Roots roots, float[] re, float[] im, int n);

  /** {@code x} = real part of {@code (re + i·im)·e^{−iφ}·factor}. */
  void turnBack(float[] re, float[] im, Roots roots, float factor, float[] x, int n);

  /**
   * Roots of unity.
   *
   * @param re real parts
   * @param im imaginary parts
   */
  record Roots(float[] re, float[] im) {
    /** {@code e^{iφk}} for k from 0 to n − 1. */
    static Roots of(double angle, int n) {
      Roots roots = new Roots(new float[n], new float[n]);
      for (int k = 0; k < n; k++) {
        roots.re[k] = (float) Math.cos(angle * k);
        roots.im[k] = (float) Math.sin(angle * k);
      }
      return roots;
    }

    int length() {
      return re.length;
    }
  }
}
