package org.normfree.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link SignalLoops} by the Vector API: a sequence a lane. */
final class VectorSignal implements SignalLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  @Override
  public void convolve(float[] a, float[] b, float[] y, int n) {
    for (int t = 0; t < n; t++) {
      FloatVector sum = FloatVector.fromArray(S, y, t * LANES);
      for (int lag = 0; lag <= t; lag++) {
        sum =
            FloatVector.fromArray(S, a, lag * LANES)
                .fma(FloatVector.fromArray(S, b, (t - lag) * LANES), sum);
      }
      sum.intoArray(y, t * LANES);
    }
  }

  @Override
  public void correlate(float[] a, float[] b, float[] y, int n) {
    for (int lag = 0; lag < n; lag++) {
      FloatVector sum = FloatVector.fromArray(S, y, lag * LANES);
      for (int t = 0; t < n - lag; t++) {
        sum =
            FloatVector.fromArray(S, a, (t + lag) * LANES)
                .fma(FloatVector.fromArray(S, b, t * LANES), sum);
      }
      sum.intoArray(y, lag * LANES);
    }
  }

  @Override
  public void split4(float[] re, float[] im, int from, int to, int size, Roots roots) {
    int step = roots.length() / size;
    int quarter = size / 4 * LANES;
    for (int j = 0; j < size / 4; j++) {
      int k = j * step;
      FloatVector w1 = FloatVector.broadcast(S, roots.re()[k]);
      FloatVector v1 = FloatVector.broadcast(S, roots.im()[k]);
      FloatVector w2 = FloatVector.broadcast(S, roots.re()[2 * k]);
      FloatVector v2 = FloatVector.broadcast(S, roots.im()[2 * k]);
      FloatVector w3 = FloatVector.broadcast(S, roots.re()[3 * k]);
      FloatVector v3 = FloatVector.broadcast(S, roots.im()[3 * k]);
      for (int a = (from + j) * LANES; a < to * LANES; a += size * LANES) {
        int b = a + quarter;
        int c = b + quarter;
        int d = c + quarter;
        FloatVector ar = FloatVector.fromArray(S, re, a);
        FloatVector ai = FloatVector.fromArray(S, im, a);
        FloatVector br = FloatVector.fromArray(S, re, b);
        FloatVector bi = FloatVector.fromArray(S, im, b);
        FloatVector cr = FloatVector.fromArray(S, re, c);
        FloatVector ci = FloatVector.fromArray(S, im, c);
        FloatVector dr = FloatVector.fromArray(S, re, d);
        FloatVector di = FloatVector.fromArray(S, im, d);
        FloatVector evenR = ar.add(cr);
        FloatVector evenI = ai.add(ci);
        FloatVector oddR = br.add(dr);
        FloatVector oddI = bi.add(di);
        evenR.add(oddR).intoArray(re, a);
        evenI.add(oddI).intoArray(im, a);
        FloatVector pr = evenR.sub(oddR);
        FloatVector pi = evenI.sub(oddI);
        pr.mul(w2).sub(pi.mul(v2)).intoArray(re, c);
        pr.fma(v2, pi.mul(w2)).intoArray(im, c);
        evenR = ar.sub(cr);
        evenI = ai.sub(ci);
        oddR = bi.sub(di);
        oddI = dr.sub(br);
        pr = evenR.add(oddR);
        pi = evenI.add(oddI);
        pr.mul(w1).sub(pi.mul(v1)).intoArray(re, b);
        pr.fma(v1, pi.mul(w1)).intoArray(im, b);
        pr = evenR.sub(oddR);
        pi = evenI.sub(oddI);
        pr.mul(w3).sub(pi.mul(v3)).intoArray(re, d);
        pr.fma(v3, pi.mul(w3)).intoArray(im, d);
      }
    }
  }

  @Override
  public void split2(float[] re, float[] im, int from, int to) {
    halves(re, from, to);
    halves(im, from, to);
  }

  private static void halves(float[] x, int from, int to) {
    for (int i = from * LANES; i < to * LANES; i += 2 * LANES) {
      FloatVector a = FloatVector.fromArray(S, x, i);
      FloatVector b = FloatVector.fromArray(S, x, i + LANES);
      a.add(b).intoArray(x, i);
      a.sub(b).intoArray(x, i + LANES);
    }
  }

  @Override
  public void join4(float[] re, float[] im, int from, int to, int size, Roots roots) {
    int step = roots.length() / size;
    int quarter = size / 4 * LANES;
    for (int j = 0; j < size / 4; j++) {
      int k = j * step;
      FloatVector w1 = FloatVector.broadcast(S, roots.re()[k]);
      FloatVector v1 = FloatVector.broadcast(S, roots.im()[k]);
      FloatVector w2 = FloatVector.broadcast(S, roots.re()[2 * k]);
      FloatVector v2 = FloatVector.broadcast(S, roots.im()[2 * k]);
      FloatVector w3 = FloatVector.broadcast(S, roots.re()[3 * k]);
      FloatVector v3 = FloatVector.broadcast(S, roots.im()[3 * k]);
      for (int a = (from + j) * LANES; a < to * LANES; a += size * LANES) {
        int b = a + quarter;
        int c = b + quarter;
        int d = c + quarter;
        FloatVector xr = FloatVector.fromArray(S, re, b);
        FloatVector xi = FloatVector.fromArray(S, im, b);
        FloatVector br = xi.fma(v1, xr.mul(w1));
        FloatVector bi = xi.mul(w1).sub(xr.mul(v1));
        xr = FloatVector.fromArray(S, re, c);
        xi = FloatVector.fromArray(S, im, c);
        FloatVector cr = xi.fma(v2, xr.mul(w2));
        FloatVector ci = xi.mul(w2).sub(xr.mul(v2));
        xr = FloatVector.fromArray(S, re, d);
        xi = FloatVector.fromArray(S, im, d);
        FloatVector dr = xi.fma(v3, xr.mul(w3));
        FloatVector di = xi.mul(w3).sub(xr.mul(v3));
        FloatVector ar = FloatVector.fromArray(S, re, a);
        FloatVector ai = FloatVector.fromArray(S, im, a);
        FloatVector evenR = ar.add(cr);
        FloatVector evenI = ai.add(ci);
        FloatVector oddR = br.add(dr);
        FloatVector oddI = bi.add(di);
        evenR.add(oddR).intoArray(re, a);
        evenI.add(oddI).intoArray(im, a);
        evenR.sub(oddR).intoArray(re, c);
        evenI.sub(oddI).intoArray(im, c);
        evenR = ar.sub(cr);
        evenI = ai.sub(ci);
        oddR = di.sub(bi);
        oddI = br.sub(dr);
        evenR.add(oddR).intoArray(re, b);
        evenI.add(oddI).intoArray(im, b);
        evenR.sub(oddR).intoArray(re, d);
        evenI.sub(oddI).intoArray(im, d);
      }
    }
  }

  @Override
  public void turn(float[] x, Roots roots, float[] re, float[] im, int n) {
    for (int t = 0; t < n; t++) {
      FloatVector v = FloatVector.fromArray(S, x, t * LANES);
      v.mul(roots.re()[t]).intoArray(re, t * LANES);
      v.mul(roots.im()[t]).intoArray(im, t * LANES);
    }
  }

  @Override
  public void turnBack(float[] re, float[] im, Roots roots, float factor, float[] x, int n) {
    for (int t = 0; t < n; t++) {
      FloatVector.fromArray(S, re, t * LANES)
          .mul(roots.re()[t] * factor)
          .add(FloatVector.fromArray(S, im, t * LANES).mul(roots.im()[t] * factor))
          .intoArray(x, t * LANES);
    }
  }
}
