package org.normfree.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of arrays whose length is a multiple of the number of lanes; input and output may be
 * the same array. Accuracies were measured against double precision over the whole range (see
 * RowLoopsTest).
 *
 * <p>Nothing but the API is called in a loop: only its methods are inlined under all circumstances,
 * and where one is not, every vector that goes in or out is an object.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as published
final class VectorMath {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  /** Where tanh is 1 in single precision. */
  static final float TANH_LIMIT = 7.90531110763549805f;

  private static final float ERF_LIMIT = 4;

  /** Where a saturating sine is 1. */
  private static final float HALF_PI = (float) (Math.PI / 2);

  private static final float LOWEST_EXPONENT = -20;

  private static final float LOG2_E = 1.44269504f;

  /** An exponent that stands for 0. */
  private static final float LEAST_POWER = 127;

  /** ln 2 in two parts: products of the first with small integers are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** 1.5·2²³: adding it leaves the nearest integer in the lowest bits. */
  private static final float ROUNDER = 12582912f;

  private static final int MANTISSA_BITS = 23;

  private VectorMath() {}

  /**
   * {@code t = factor·tanh(scale·u) + addend}, absolute error below 5e-7·factor; Eigen's rational
   * approximation.
   */
  static void tanh(float[] u, float scale, float factor, float addend, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(S, u, i).mul(scale).min(TANH_LIMIT).max(-TANH_LIMIT);
      FloatVector s = x.mul(x);
      FloatVector p =
          FloatVector.broadcast(S, -2.76076847742355e-16f)
              .fma(s, FloatVector.broadcast(S, 2.00018790482477e-13f));
      p = p.fma(s, FloatVector.broadcast(S, -8.60467152213735e-11f));
      p = p.fma(s, FloatVector.broadcast(S, 5.12229709037114e-08f));
      p = p.fma(s, FloatVector.broadcast(S, 1.48572235717979e-05f));
      p = p.fma(s, FloatVector.broadcast(S, 6.37261928875436e-04f));
      p = p.fma(s, FloatVector.broadcast(S, 4.89352455891786e-03f));
      FloatVector q =
          FloatVector.broadcast(S, 1.19825839466702e-06f)
              .fma(s, FloatVector.broadcast(S, 1.18534705686654e-04f));
      q = q.fma(s, FloatVector.broadcast(S, 2.26843463243900e-03f));
      q = q.fma(s, FloatVector.broadcast(S, 4.89352518554385e-03f));
      FloatVector.broadcast(S, factor)
          .fma(x.mul(p).div(q), FloatVector.broadcast(S, addend))
          .intoArray(t, i);
    }
  }

  /**
   * {@code t = factor·erf(scale·u) + addend}, absolute error below 5e-7·factor; the rational
   * approximation of XLA and Eigen.
   */
  static void erf(float[] u, float scale, float factor, float addend, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(S, u, i).mul(scale).min(ERF_LIMIT).max(-ERF_LIMIT);
      FloatVector s = x.mul(x);
      FloatVector p =
          FloatVector.broadcast(S, -2.72614225801306e-10f)
              .fma(s, FloatVector.broadcast(S, 2.77068142495902e-08f));
      p = p.fma(s, FloatVector.broadcast(S, -2.10102402082508e-06f));
      p = p.fma(s, FloatVector.broadcast(S, -5.69250639462346e-05f));
      p = p.fma(s, FloatVector.broadcast(S, -7.34990630326855e-04f));
      p = p.fma(s, FloatVector.broadcast(S, -2.95459980854025e-03f));
      p = p.fma(s, FloatVector.broadcast(S, -1.60960333262415e-02f));
      FloatVector q =
          FloatVector.broadcast(S, -1.45660718464996e-05f)
              .fma(s, FloatVector.broadcast(S, -2.13374055278905e-04f));
      q = q.fma(s, FloatVector.broadcast(S, -1.68282697438203e-03f));
      q = q.fma(s, FloatVector.broadcast(S, -7.37332916720468e-03f));
      q = q.fma(s, FloatVector.broadcast(S, -1.42647390514189e-02f));
      FloatVector.broadcast(S, factor)
          .fma(x.mul(p).div(q), FloatVector.broadcast(S, addend))
          .intoArray(t, i);
    }
  }

  /**
   * {@code e = scale·e^(−factor·x²)}, absolute error below 5e-7·scale. A Taylor polynomial of
   * {@code e^(z/32) − 1}, then five squarings of what is 1 more; they keep the small difference, so
   * that nothing is lost near 1.
   */
  static void gaussian(float[] x, float factor, float scale, float[] e, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector r = v.mul(v).mul(-factor / 32).max(LOWEST_EXPONENT / 32);
      FloatVector q = FloatVector.broadcast(S, 1f / 120).fma(r, FloatVector.broadcast(S, 1f / 24));
      q = q.fma(r, FloatVector.broadcast(S, 1f / 6));
      q = q.fma(r, FloatVector.broadcast(S, 1f / 2));
      q = q.fma(r, FloatVector.broadcast(S, 1)).mul(r);
      q = q.fma(q, q.add(q));
      q = q.fma(q, q.add(q));
      q = q.fma(q, q.add(q));
      q = q.fma(q, q.add(q));
      q = q.fma(q, q.add(q));
      FloatVector.broadcast(S, scale).fma(q, FloatVector.broadcast(S, scale)).intoArray(e, i);
    }
  }

  /**
   * The normal distribution Φ(x) and its density φ(x), absolute error below 3e-7 and 1e-7: {@code
   * φ·(b₁t + … + b₅t⁵)} with {@code t = 1/(1 + 0.2316419|x|)} is what lies beyond |x| (Abramowitz
   * and Stegun, 26.2.17), and φ a power of 2, 2^k·2^f, k an integer and |f| at most a half. Where k
   * would be below −126, φ is 0.
   */
  static void normal(float[] x, float[] distribution, float[] density, int n) {
    FloatVector one = FloatVector.broadcast(S, 1);
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = v.mul(v).mul(-LOG2_E / 2).max(-LEAST_POWER);
      FloatVector shifted = z.add(ROUNDER);
      FloatVector f = z.sub(shifted.sub(ROUNDER));
      FloatVector p =
          FloatVector.broadcast(S, 0.000529654596f)
              .fma(f, FloatVector.broadcast(S, 0.00385998252f));
      p = p.fma(f, FloatVector.broadcast(S, 0.0221441421f));
      p = p.fma(f, FloatVector.broadcast(S, 0.0958343922f));
      p = p.fma(f, FloatVector.broadcast(S, 0.276525632f));
      p = p.fma(f, FloatVector.broadcast(S, 0.398942309f));
      FloatVector power =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .add(Float.floatToRawIntBits(1))
              .reinterpretAsFloats();
      FloatVector phi = p.mul(power);
      phi.intoArray(density, i);
      FloatVector t = one.div(v.abs().fma(FloatVector.broadcast(S, 0.2316419f), one));
      FloatVector b =
          FloatVector.broadcast(S, 1.330274429f).fma(t, FloatVector.broadcast(S, -1.821255978f));
      b = b.fma(t, FloatVector.broadcast(S, 1.781477937f));
      b = b.fma(t, FloatVector.broadcast(S, -0.356563782f));
      b = b.fma(t, FloatVector.broadcast(S, 0.319381530f));
      FloatVector beyond = b.mul(t).mul(phi);
      one.sub(beyond).blend(beyond, v.lt(zero)).intoArray(distribution, i);
    }
  }

  /**
   * {@code t = sin(min(max(x, −π/2), π/2))}, absolute error below 5e-7, by the Taylor polynomial of
   * degree 11; t may be x.
   */
  static void sine(float[] x, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i).min(HALF_PI).max(-HALF_PI);
      FloatVector s = v.mul(v);
      FloatVector p = FloatVector.broadcast(S, -1f / 39916800);
      p = p.fma(s, FloatVector.broadcast(S, 1f / 362880));
      p = p.fma(s, FloatVector.broadcast(S, -1f / 5040));
      p = p.fma(s, FloatVector.broadcast(S, 1f / 120));
      p = p.fma(s, FloatVector.broadcast(S, -1f / 6));
      p = p.fma(s, FloatVector.broadcast(S, 1));
      p.mul(v).intoArray(t, i);
    }
  }

  /**
   * {@code t = cos x} inside (−π/2, π/2), else 0, absolute error below 5e-7, by the Taylor
   * polynomial of degree 12; t may be x.
   */
  static void cosine(float[] x, float[] t, int n) {
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector w = v.min(HALF_PI).max(-HALF_PI);
      FloatVector s = w.mul(w);
      FloatVector p = FloatVector.broadcast(S, 1f / 479001600);
      p = p.fma(s, FloatVector.broadcast(S, -1f / 3628800));
      p = p.fma(s, FloatVector.broadcast(S, 1f / 40320));
      p = p.fma(s, FloatVector.broadcast(S, -1f / 720));
      p = p.fma(s, FloatVector.broadcast(S, 1f / 24));
      p = p.fma(s, FloatVector.broadcast(S, -1f / 2));
      p = p.fma(s, FloatVector.broadcast(S, 1));
      p.blend(zero, FloatVector.broadcast(S, HALF_PI).compare(VectorOperators.LE, v.abs()))
          .intoArray(t, i);
    }
  }

  /**
   * {@code sigma = 1/(1 + e^(−x))} and {@code complement = 1 − sigma = 1/(1 + e^x)}, relative error
   * of both below 5e-7 for |x| up to 87; beyond, the smaller one is 0. The complement may take the
   * place of x. With {@code e = e^(−|x|)} both are shares of {@code 1 + e}, so that neither is a
   * small difference of large numbers. e is 2^k·e^r, k an integer and |r| at most half of ln 2.
   */
  static void logistic(float[] x, float[] sigma, float[] complement, int n) {
    FloatVector one = FloatVector.broadcast(S, 1);
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector size = v.abs();
      FloatVector z = size.neg().max(-RowLoops.LOGISTIC_ENDS);
      FloatVector shifted =
          z.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
      FloatVector k = shifted.sub(ROUNDER);
      FloatVector r = k.fma(FloatVector.broadcast(S, -LN2_HIGH), z);
      r = k.fma(FloatVector.broadcast(S, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(S, 1f / 720).fma(r, FloatVector.broadcast(S, 1f / 120));
      p = p.fma(r, FloatVector.broadcast(S, 1f / 24));
      p = p.fma(r, FloatVector.broadcast(S, 1f / 6));
      p = p.fma(r, FloatVector.broadcast(S, 1f / 2));
      p = p.fma(r, one);
      p = p.fma(r, one);
      FloatVector power =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .add(Float.floatToRawIntBits(1))
              .reinterpretAsFloats();
      FloatVector e = p.mul(power);
      FloatVector larger = one.div(e.add(one));
      FloatVector smaller =
          e.mul(larger).blend(zero, FloatVector.broadcast(S, RowLoops.LOGISTIC_ENDS).lt(size));
      VectorMask<Float> negative = v.lt(zero);
      larger.blend(smaller, negative).intoArray(sigma, i);
      smaller.blend(larger, negative).intoArray(complement, i);
    }
  }
}
