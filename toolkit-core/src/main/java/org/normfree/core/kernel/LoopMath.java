package org.normfree.core.kernel;

/**
 * Loops over arrays that the JIT compiles to vector instructions: each writes one array and calls
 * nothing. Accuracies were measured against double precision over the whole range (see
 * RowLoopsTest).
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as published
final class LoopMath {
  /**
   * Rational approximation of tanh, odd over even polynomial, on [-7.9, 7.9]; Eigen's coefficients.
   */
  private static final float TANH_LIMIT = 7.90531110763549805f;

  private static final double LOWEST_EXPONENT = -88;

  /** Where a saturating sine is 1. */
  private static final float HALF_PI = (float) (Math.PI / 2);

  private LoopMath() {}

  /** {@code t = tanh(u)}, absolute error below 5e-7. */
  static void tanh(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      float x = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, u[i]));
      float s = x * x;
      float p = -2.76076847742355e-16f * s + 2.00018790482477e-13f;
      p = p * s + -8.60467152213735e-11f;
      p = p * s + 5.12229709037114e-08f;
      p = p * s + 1.48572235717979e-05f;
      p = p * s + 6.37261928875436e-04f;
      p = p * s + 4.89352455891786e-03f;
      float q = 1.19825839466702e-06f * s + 1.18534705686654e-04f;
      q = q * s + 2.26843463243900e-03f;
      q = q * s + 4.89352518554385e-03f;
      t[i] = x * p / q;
    }
  }

  /** {@code t = erf(u)}, absolute error below 5e-7; the rational approximation of XLA and Eigen. */
  static void erf(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      float x = Math.max(-4f, Math.min(4f, u[i]));
      float s = x * x;
      float p = -2.72614225801306e-10f * s + 2.77068142495902e-08f;
      p = p * s + -2.10102402082508e-06f;
      p = p * s + -5.69250639462346e-05f;
      p = p * s + -7.34990630326855e-04f;
      p = p * s + -2.95459980854025e-03f;
      p = p * s + -1.60960333262415e-02f;
      float q = -1.45660718464996e-05f * s + -2.13374055278905e-04f;
      q = q * s + -1.68282697438203e-03f;
      q = q * s + -7.37332916720468e-03f;
      q = q * s + -1.42647390514189e-02f;
      t[i] = x * p / q;
    }
  }

  /**
   * {@code t = sin(min(max(u, −π/2), π/2))}, absolute error below 5e-7; the Taylor polynomial of
   * degree 11.
   */
  static void sine(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      float x = Math.max(-HALF_PI, Math.min(HALF_PI, u[i]));
      float s = x * x;
      float p = s * (-1f / 39916800) + 1f / 362880;
      p = p * s + -1f / 5040;
      p = p * s + 1f / 120;
      p = p * s + -1f / 6;
      p = p * s + 1;
      t[i] = x * p;
    }
  }

  /**
   * {@code t = cos u} inside (−π/2, π/2), else 0, absolute error below 5e-7; the Taylor polynomial
   * of degree 12.
   */
  static void cosine(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      float x = Math.max(-HALF_PI, Math.min(HALF_PI, u[i]));
      float s = x * x;
      float p = s * (1f / 479001600) + -1f / 3628800;
      p = p * s + 1f / 40320;
      p = p * s + -1f / 720;
      p = p * s + 1f / 24;
      p = p * s + -1f / 2;
      p = p * s + 1;
      t[i] = HALF_PI <= Math.abs(u[i]) ? 0f : p;
    }
  }

  /**
   * {@code z = e^z} in place for z ≤ 0, relative error below 1e-8; below e⁻⁸⁸ the result stays
   * there. Ten squarings of a Taylor polynomial.
   */
  static void expNegative(double[] z, int n) {
    for (int i = 0; i < n; i++) {
      double t = Math.max(z[i], LOWEST_EXPONENT) * (1.0 / 1024);
      double p = t * (1.0 / 6) + 1;
      p = t * (1.0 / 5) * p + 1;
      p = t * (1.0 / 4) * p + 1;
      p = t * (1.0 / 3) * p + 1;
      p = t * (1.0 / 2) * p + 1;
      p = t * p + 1;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      z[i] = p * p;
    }
  }
}
