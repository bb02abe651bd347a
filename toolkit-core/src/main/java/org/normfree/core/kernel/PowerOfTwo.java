package org.normfree.core.kernel;

/**
 * Numbers for {@code 2^x} in single precision: a power of 2, for the whole part, times a polynomial
 * of the rest (minimax, relative error 2e-9 before rounding). The sum with {@link #ROUNDING} leaves
 * the exponent of that power in the last bits, where integers are compared in one instruction and
 * floats would not be. As in {@link VectorMath}, the formula is written out wherever it is needed.
 */
final class PowerOfTwo {
  static final float ROUNDING = 0x1.8p23f + 127;
  static final int MANTISSA = 23;

  /** The sums of powers of 2 that are normal numbers, as integers. */
  static final int LOWEST = Float.floatToRawIntBits(ROUNDING) - 126;

  static final int HIGHEST = Float.floatToRawIntBits(ROUNDING) + 127;
  static final float LOG2_E = 1.442695f;
  static final float P1 = 0.6931472f;
  static final float P2 = 0.24022648f;
  static final float P3 = 0.055503286f;
  static final float P4 = 0.009618489f;
  static final float P5 = 0.0013399931f;
  static final float P6 = 0.00015345811f;

  private PowerOfTwo() {}
}
