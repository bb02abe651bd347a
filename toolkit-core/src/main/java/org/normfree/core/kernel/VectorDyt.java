package org.normfree.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code γ·tanh(α·x + s) + β} and its gradients, column by column in one loop each: what other
 * activations take several loops for. The tanh is {@link VectorMath#tanh}'s; as there, nothing but
 * the API is called in a loop, so it stands here again.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as published
final class VectorDyt {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();
  private static final float LIMIT = VectorMath.TANH_LIMIT;

  private VectorDyt() {}

  /** {@code x ← γ·tanh(α·x + s) + β}. */
  static void forward(float[] x, int rows, int stride, RowLoops.ActivationRow row) {
    FloatVector shift = FloatVector.broadcast(S, row.shift());
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = FloatVector.fromArray(S, row.alpha(), c);
      FloatVector gamma = FloatVector.fromArray(S, row.gamma(), c);
      FloatVector beta = FloatVector.fromArray(S, row.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector u = FloatVector.fromArray(S, x, i).fma(alpha, shift).min(LIMIT).max(-LIMIT);
        FloatVector s = u.mul(u);
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
        u.mul(p).div(q).fma(gamma, beta).intoArray(x, i);
      }
    }
  }

  /** The gradients; dx replaces g. */
  static void gradient(
      float[] x,
      float[] g,
      int rows,
      int stride,
      RowLoops.ActivationRow row,
      RowLoops.ActivationSums sums) {
    FloatVector shift = FloatVector.broadcast(S, row.shift());
    FloatVector one = FloatVector.broadcast(S, 1);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = FloatVector.fromArray(S, row.alpha(), c);
      FloatVector gamma = FloatVector.fromArray(S, row.gamma(), c);
      FloatVector dAlpha = FloatVector.fromArray(S, sums.alpha(), c);
      FloatVector dShift = FloatVector.fromArray(S, sums.shift(), c);
      FloatVector dGamma = FloatVector.fromArray(S, sums.gamma(), c);
      FloatVector dBeta = FloatVector.fromArray(S, sums.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector in = FloatVector.fromArray(S, x, i);
        FloatVector up = FloatVector.fromArray(S, g, i);
        FloatVector u = in.fma(alpha, shift).min(LIMIT).max(-LIMIT);
        FloatVector s = u.mul(u);
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
        FloatVector t = u.mul(p).div(q);
        FloatVector inner = t.neg().fma(t, one).mul(up.mul(gamma));
        dGamma = up.fma(t, dGamma);
        dBeta = dBeta.add(up);
        dShift = dShift.add(inner);
        dAlpha = inner.fma(in, dAlpha);
        inner.mul(alpha).intoArray(g, i);
      }
      dAlpha.intoArray(sums.alpha(), c);
      dShift.intoArray(sums.shift(), c);
      dGamma.intoArray(sums.gamma(), c);
      dBeta.intoArray(sums.beta(), c);
    }
  }
}
