package org.normfree.core.kernel;

import static org.normfree.core.kernel.PowerOfTwo.HIGHEST;
import static org.normfree.core.kernel.PowerOfTwo.LOG2_E;
import static org.normfree.core.kernel.PowerOfTwo.LOWEST;
import static org.normfree.core.kernel.PowerOfTwo.MANTISSA;
import static org.normfree.core.kernel.PowerOfTwo.P1;
import static org.normfree.core.kernel.PowerOfTwo.P2;
import static org.normfree.core.kernel.PowerOfTwo.P3;
import static org.normfree.core.kernel.PowerOfTwo.P4;
import static org.normfree.core.kernel.PowerOfTwo.P5;
import static org.normfree.core.kernel.PowerOfTwo.P6;
import static org.normfree.core.kernel.PowerOfTwo.ROUNDING;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The softmax of rows and its gradient; {@code 2^x} as {@link PowerOfTwo} says. */
final class VectorSoftmax {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  /** Below all scores, and no infinity, of which there would come NaN. */
  private static final float BELOW = -1e30f;

  private VectorSoftmax() {}

  /** See {@link RowLoops#softmax}. */
  static void softmax(float[] x, int stride, int rows, int columns, float[] visible, float scale) {
    float factor = scale * LOG2_E;
    for (int column = 0; column < columns; column += LANES) {
      FloatVector seen = FloatVector.fromArray(S, visible, column);
      FloatVector most = FloatVector.broadcast(S, BELOW);
      int free = unmasked(visible, column, rows);
      int end = rows * stride + column;
      int edge = free * stride + column;
      for (int i = column; i < edge; i += stride) {
        most = most.max(FloatVector.fromArray(S, x, i));
      }
      float row = free;
      for (int i = edge; i < end; i += stride) {
        VectorMask<Float> hidden = seen.compare(VectorOperators.LE, row);
        FloatVector v = FloatVector.fromArray(S, x, i).blend(BELOW, hidden);
        v.intoArray(x, i);
        most = most.max(v);
        row++;
      }
      FloatVector by = FloatVector.broadcast(S, factor);
      FloatVector less = most.mul(-factor);
      FloatVector sums = FloatVector.zero(S);
      for (int i = column; i < end; i += stride) {
        FloatVector w = FloatVector.fromArray(S, x, i).fma(by, less);
        FloatVector z = w.add(ROUNDING);
        FloatVector f = w.sub(z.sub(ROUNDING));
        FloatVector p = FloatVector.broadcast(S, P6).fma(f, FloatVector.broadcast(S, P5));
        p = p.fma(f, FloatVector.broadcast(S, P4));
        p = p.fma(f, FloatVector.broadcast(S, P3));
        p = p.fma(f, FloatVector.broadcast(S, P2));
        p = p.fma(f, FloatVector.broadcast(S, P1));
        p = p.fma(f, FloatVector.broadcast(S, 1));
        IntVector whole = z.reinterpretAsInts().max(LOWEST).min(HIGHEST);
        FloatVector power = whole.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
        FloatVector e = p.mul(power);
        sums = sums.add(e);
        e.intoArray(x, i);
      }
      FloatVector share = FloatVector.broadcast(S, 1).div(sums);
      for (int i = column; i < edge; i += stride) {
        FloatVector.fromArray(S, x, i).mul(share).intoArray(x, i);
      }
      row = free;
      for (int i = edge; i < end; i += stride) {
        VectorMask<Float> hidden = seen.compare(VectorOperators.LE, row);
        FloatVector.fromArray(S, x, i).mul(share).blend(0, hidden).intoArray(x, i);
        row++;
      }
    }
  }

  /** How many rows, from the first, all lanes see. */
  private static int unmasked(float[] visible, int column, int rows) {
    float least = rows;
    for (int i = column; i < column + LANES; i++) {
      least = Math.min(least, visible[i]);
    }
    return (int) least;
  }

  /** See {@link RowLoops#softmaxGradient}. */
  static void softmaxGradient(
      float[] p, float[] g, int stride, int rows, int columns, float scale) {
    for (int column = 0; column < columns; column += LANES) {
      int end = rows * stride + column;
      FloatVector sums = FloatVector.zero(S);
      for (int i = column; i < end; i += stride) {
        sums = FloatVector.fromArray(S, p, i).fma(FloatVector.fromArray(S, g, i), sums);
      }
      for (int i = column; i < end; i += stride) {
        FloatVector.fromArray(S, g, i)
            .sub(sums)
            .mul(FloatVector.fromArray(S, p, i))
            .mul(scale)
            .intoArray(g, i);
      }
    }
  }
}
