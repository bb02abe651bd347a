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
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of a selective scan, neighbouring channels in the lanes.
 *
 * <p>{@code 2^x} as {@link PowerOfTwo} says.
 */
final class VectorScan {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  private static final float LN_2 = 0.69314718f;

  private VectorScan() {}

  /** See {@link RowLoops#powers}. */
  static void powers(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector w = FloatVector.fromArray(S, x, i);
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
      p.mul(power).intoArray(y, i);
    }
  }

  /** See {@link RowLoops#softplus}. */
  static void softplus(float[] x, float[] slope, int n) {
    FloatVector one = FloatVector.broadcast(S, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector w = v.abs().mul(-LOG2_E);
      FloatVector z = w.add(ROUNDING);
      FloatVector f = w.sub(z.sub(ROUNDING));
      FloatVector p = FloatVector.broadcast(S, P6).fma(f, FloatVector.broadcast(S, P5));
      p = p.fma(f, FloatVector.broadcast(S, P4));
      p = p.fma(f, FloatVector.broadcast(S, P3));
      p = p.fma(f, FloatVector.broadcast(S, P2));
      p = p.fma(f, FloatVector.broadcast(S, P1));
      p = p.fma(f, one);
      IntVector whole = z.reinterpretAsInts().max(LOWEST).min(HIGHEST);
      FloatVector power = whole.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
      FloatVector e = p.mul(power);
      // log(1 + e) = 2·artanh(e/(2 + e)), whose series ends soon
      FloatVector s = e.div(e.add(2));
      FloatVector q = s.mul(s);
      FloatVector r = FloatVector.broadcast(S, 2f / 15).fma(q, FloatVector.broadcast(S, 2f / 13));
      r = r.fma(q, FloatVector.broadcast(S, 2f / 11));
      r = r.fma(q, FloatVector.broadcast(S, 2f / 9));
      r = r.fma(q, FloatVector.broadcast(S, 2f / 7));
      r = r.fma(q, FloatVector.broadcast(S, 2f / 5));
      r = r.fma(q, FloatVector.broadcast(S, 2f / 3));
      r = r.fma(q, FloatVector.broadcast(S, 2));
      FloatVector sigma = one.div(e.add(1));
      sigma.blend(sigma.mul(e), v.lt(0)).intoArray(slope, i);
      r.fma(s, v.max(0)).intoArray(x, i);
    }
  }

  /** See {@link RowLoops#scan}. */
  static void scan(ScanBlock block) {
    for (int column = 0; column < block.width; column += LANES) {
      scan(block, column);
    }
  }

  private static void scan(ScanBlock block, int column) {
    int states = block.states;
    int width = block.width;
    int steps = block.steps;
    float[] rates = block.rates;
    float[] state = block.state;
    float[] b = block.b;
    float[] c = block.c;
    int base = (block.first + column) * states;
    FloatVector skip = FloatVector.fromArray(S, block.skip, block.first + column);
    for (int t = 0; t < steps; t++) {
      int i = t * width + column;
      FloatVector step = FloatVector.fromArray(S, block.step, i);
      FloatVector u = FloatVector.fromArray(S, block.u, i);
      FloatVector in = step.mul(u);
      FloatVector y = skip.mul(u);
      for (int n = 0; n < states; n++) {
        int at = base + n * LANES;
        FloatVector w = step.mul(FloatVector.fromArray(S, rates, at));
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
        FloatVector decay = p.mul(power);
        FloatVector h = decay.fma(FloatVector.fromArray(S, state, at), in.mul(b[t * states + n]));
        h.intoArray(state, at);
        y = h.fma(FloatVector.broadcast(S, c[t * states + n]), y);
      }
      y.intoArray(block.y, i);
    }
  }

  /** See {@link RowLoops#scanGradient}. */
  static void scanGradient(ScanBlock block) {
    for (int column = 0; column < block.width; column += LANES) {
      again(block, column);
      backward(block, column);
    }
  }

  /** The scan once more, with what its gradient needs. */
  private static void again(ScanBlock block, int column) {
    int states = block.states;
    int width = block.width;
    int steps = block.steps;
    float[] rates = block.rates;
    float[] state = block.state;
    float[] decays = block.decays;
    float[] decayed = block.decayed;
    float[] b = block.b;
    float[] c = block.c;
    int base = (block.first + column) * states;
    FloatVector skip = FloatVector.fromArray(S, block.skip, block.first + column);
    for (int t = 0; t < steps; t++) {
      int i = t * width + column;
      FloatVector step = FloatVector.fromArray(S, block.step, i);
      FloatVector u = FloatVector.fromArray(S, block.u, i);
      FloatVector in = step.mul(u);
      FloatVector y = skip.mul(u);
      for (int n = 0; n < states; n++) {
        int at = base + n * LANES;
        int kept = (t * states + n) * LANES;
        FloatVector w = step.mul(FloatVector.fromArray(S, rates, at));
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
        FloatVector decay = p.mul(power);
        decay.intoArray(decays, kept);
        FloatVector left = decay.mul(FloatVector.fromArray(S, state, at));
        left.intoArray(decayed, kept);
        FloatVector h = in.fma(FloatVector.broadcast(S, b[t * states + n]), left);
        h.intoArray(state, at);
        y = h.fma(FloatVector.broadcast(S, c[t * states + n]), y);
      }
      y.intoArray(block.y, i);
    }
  }

  private static void backward(ScanBlock block, int column) {
    int states = block.states;
    int width = block.width;
    float[] rates = block.rates;
    float[] later = block.later;
    float[] dRates = block.dRates;
    float[] decays = block.decays;
    float[] decayed = block.decayed;
    float[] dB = block.dB;
    float[] dC = block.dC;
    float[] b = block.b;
    float[] c = block.c;
    int base = (block.first + column) * states;
    FloatVector skip = FloatVector.fromArray(S, block.skip, block.first + column);
    FloatVector dSkip = FloatVector.fromArray(S, block.dSkip, block.first + column);
    for (int t = block.steps - 1; t >= 0; t--) {
      int i = t * width + column;
      FloatVector step = FloatVector.fromArray(S, block.step, i);
      FloatVector u = FloatVector.fromArray(S, block.u, i);
      FloatVector g = FloatVector.fromArray(S, block.g, i);
      FloatVector in = step.mul(u);
      FloatVector toInput = FloatVector.zero(S);
      FloatVector toStep = FloatVector.zero(S);
      for (int n = 0; n < states; n++) {
        int at = base + n * LANES;
        int kept = (t * states + n) * LANES;
        FloatVector ofB = FloatVector.broadcast(S, b[t * states + n]);
        FloatVector ofC = FloatVector.broadcast(S, c[t * states + n]);
        FloatVector left = FloatVector.fromArray(S, decayed, kept);
        FloatVector q = g.fma(ofC, FloatVector.fromArray(S, later, at));
        FloatVector h = in.fma(ofB, left);
        g.fma(h, FloatVector.fromArray(S, dC, kept)).intoArray(dC, kept);
        q.fma(in, FloatVector.fromArray(S, dB, kept)).intoArray(dB, kept);
        toInput = q.fma(ofB, toInput);
        FloatVector w = q.mul(left);
        toStep = w.fma(FloatVector.fromArray(S, rates, at), toStep);
        w.fma(step, FloatVector.fromArray(S, dRates, at)).intoArray(dRates, at);
        q.mul(FloatVector.fromArray(S, decays, kept)).intoArray(later, at);
      }
      dSkip = g.fma(u, dSkip);
      g.fma(skip, step.mul(toInput)).intoArray(block.du, i);
      toStep.fma(FloatVector.broadcast(S, LN_2), u.mul(toInput)).intoArray(block.dStep, i);
    }
    dSkip.intoArray(block.dSkip, block.first + column);
  }

  /** See {@link RowLoops#laneSums}. */
  static void laneSums(float[] rows, int count, float[] sums) {
    for (int row = 0; row < count; row++) {
      int at = row * LANES;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      for (int i = 0; i + 3 < LANES; i += 4) {
        s0 += rows[at + i];
        s1 += rows[at + i + 1];
        s2 += rows[at + i + 2];
        s3 += rows[at + i + 3];
      }
      sums[row] = s0 + s1 + (s2 + s3);
    }
  }
}
