package org.normfree.core.kernel;

import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of a vector of floats. Accuracies were measured against double precision over the whole
 * range (see RowLoopsTest).
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as published
final class VectorFunctions {
  /** φ(0) = 1/√(2π). */
  static final float DENSITY_AT_0 = 0.3989423f;

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
  private static final float TANH_LIMIT = 7.90531110763549805f;
  private static final float ERF_LIMIT = 4;
  private static final float SQRT_HALF = 0.70710677f;
  static final float TWO_BY_SQRT_PI = 1.1283792f;

  /** Added and taken off again, it rounds a small number to a whole one. */
  private static final float ROUNDING = 12582912f;

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private VectorFunctions() {}

  /** {@code a·b + c}. */
  static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
    return a.fma(b, c);
  }

  /** {@code a·b + c}. */
  static FloatVector fma(FloatVector a, FloatVector b, float c) {
    return a.fma(b, FloatVector.broadcast(S, c));
  }

  /** tanh, absolute error below 5e-7; Eigen's rational approximation. */
  static FloatVector tanh(FloatVector u) {
    FloatVector x = u.min(TANH_LIMIT).max(-TANH_LIMIT);
    FloatVector s = x.mul(x);
    FloatVector p = fma(FloatVector.broadcast(S, -2.76076847742355e-16f), s, 2.00018790482477e-13f);
    p = fma(p, s, -8.60467152213735e-11f);
    p = fma(p, s, 5.12229709037114e-08f);
    p = fma(p, s, 1.48572235717979e-05f);
    p = fma(p, s, 6.37261928875436e-04f);
    p = fma(p, s, 4.89352455891786e-03f);
    FloatVector q = fma(FloatVector.broadcast(S, 1.19825839466702e-06f), s, 1.18534705686654e-04f);
    q = fma(q, s, 2.26843463243900e-03f);
    q = fma(q, s, 4.89352518554385e-03f);
    return x.mul(p).div(q);
  }

  /** erf, absolute error below 5e-7; the rational approximation of XLA and Eigen. */
  static FloatVector erf(FloatVector u) {
    FloatVector x = u.min(ERF_LIMIT).max(-ERF_LIMIT);
    FloatVector s = x.mul(x);
    FloatVector p = fma(FloatVector.broadcast(S, -2.72614225801306e-10f), s, 2.77068142495902e-08f);
    p = fma(p, s, -2.10102402082508e-06f);
    p = fma(p, s, -5.69250639462346e-05f);
    p = fma(p, s, -7.34990630326855e-04f);
    p = fma(p, s, -2.95459980854025e-03f);
    p = fma(p, s, -1.60960333262415e-02f);
    FloatVector q =
        fma(FloatVector.broadcast(S, -1.45660718464996e-05f), s, -2.13374055278905e-04f);
    q = fma(q, s, -1.68282697438203e-03f);
    q = fma(q, s, -7.37332916720468e-03f);
    q = fma(q, s, -1.42647390514189e-02f);
    return x.mul(p).div(q);
  }

  /** {@code Φ(x) = (1 + erf(x/√2))/2}. */
  static FloatVector normalDistribution(FloatVector x) {
    return fma(erf(x.mul(SQRT_HALF)), FloatVector.broadcast(S, 0.5f), 0.5f);
  }

  /**
   * {@code e^z} for z ≤ 0, relative error below 3e-7; below e⁻⁸⁰ the result stays there. The whole
   * part of z/ln 2 goes into the exponent, the rest into Cephes' polynomial.
   */
  static FloatVector expNegative(FloatVector z) {
    FloatVector x = z.max(-80);
    FloatVector shifted = fma(x, FloatVector.broadcast(S, LOG2_E), ROUNDING);
    FloatVector whole = shifted.sub(ROUNDING);
    FloatVector r = fma(whole, FloatVector.broadcast(S, -LN2_HIGH), x);
    r = fma(whole, FloatVector.broadcast(S, -LN2_LOW), r);
    FloatVector p = fma(FloatVector.broadcast(S, 1.9875691500e-4f), r, 1.3981999507e-3f);
    p = fma(p, r, 8.3334519073e-3f);
    p = fma(p, r, 4.1665795894e-2f);
    p = fma(p, r, 1.6666665459e-1f);
    p = fma(p, r, 5.0000001201e-1f);
    p = fma(p, r.mul(r), r.add(1));
    // species that are constants: with reinterpretAsInts() JDK 17 does not compile this to vectors
    IntVector exponent = ((IntVector) shifted.reinterpretShape(I, 0)).lanewise(LSHL, 23);
    return (FloatVector)
        ((IntVector) p.reinterpretShape(I, 0)).add(exponent).reinterpretShape(S, 0);
  }
}
