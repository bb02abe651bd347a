package org.normfree.core.kernel;

/** {@link SignalLoops} for one sequence at a time. */
final class PlainSignal implements SignalLoops {
  @Override
  public void convolve(float[] a, float[] b, float[] y, int n) {
    for (int lag = 0; lag < n; lag++) {
      float factor = a[lag];
      for (int t = lag; t < n; t++) {
        y[t] += factor * b[t - lag];
      }
    }
  }

  @Override
  public void correlate(float[] a, float[] b, float[] y, int n) {
    for (int t = 0; t < n; t++) {
      float factor = b[t];
      for (int lag = 0; lag < n - t; lag++) {
        y[lag] += factor * a[t + lag];
      }
    }
  }

  @Override
  public void split4(float[] re, float[] im, int from, int to, int size, Roots roots) {
    int step = roots.length() / size;
    int quarter = size / 4;
    for (int j = 0; j < quarter; j++) {
      int k = j * step;
      for (int a = from + j; a < to; a += size) {
        int b = a + quarter;
        int c = b + quarter;
        int d = c + quarter;
        float pr = re[a] + re[c];
        float pi = im[a] + im[c];
        float qr = re[b] + re[d];
        float qi = im[b] + im[d];
        float sr = re[a] - re[c];
        float si = im[a] - im[c];
        float tr = im[b] - im[d];
        float ti = re[d] - re[b];
        re[a] = pr + qr;
        im[a] = pi + qi;
        put(re, im, b, sr + tr, si + ti, roots.re()[k], roots.im()[k]);
        put(re, im, c, pr - qr, pi - qi, roots.re()[2 * k], roots.im()[2 * k]);
        put(re, im, d, sr - tr, si - ti, roots.re()[3 * k], roots.im()[3 * k]);
      }
    }
  }

  /** Puts a product of two complex numbers. */
  private static void put(float[] re, float[] im, int i, float xr, float xi, float wr, float wi) {
    re[i] = xr * wr - xi * wi;
    im[i] = xr * wi + xi * wr;
  }

  @Override
  public void split2(float[] re, float[] im, int from, int to) {
    halves(re, from, to);
    halves(im, from, to);
  }

  private static void halves(float[] x, int from, int to) {
    for (int i = from; i < to; i += 2) {
      float a = x[i];
      float b = x[i + 1];
      x[i] = a + b;
      x[i + 1] = a - b;
    }
  }

  @Override
  public void join4(float[] re, float[] im, int from, int to, int size, Roots roots) {
    int step = roots.length() / size;
    int quarter = size / 4;
    for (int j = 0; j < quarter; j++) {
      int k = j * step;
      for (int a = from + j; a < to; a += size) {
        int b = a + quarter;
        int c = b + quarter;
        int d = c + quarter;
        put(re, im, b, re[b], im[b], roots.re()[k], -roots.im()[k]);
        put(re, im, c, re[c], im[c], roots.re()[2 * k], -roots.im()[2 * k]);
        put(re, im, d, re[d], im[d], roots.re()[3 * k], -roots.im()[3 * k]);
        float pr = re[a] + re[c];
        float pi = im[a] + im[c];
        float qr = re[b] + re[d];
        float qi = im[b] + im[d];
        float sr = re[a] - re[c];
        float si = im[a] - im[c];
        float tr = im[d] - im[b];
        float ti = re[b] - re[d];
        re[a] = pr + qr;
        im[a] = pi + qi;
        re[b] = sr + tr;
        im[b] = si + ti;
        re[c] = pr - qr;
        im[c] = pi - qi;
        re[d] = sr - tr;
        im[d] = si - ti;
      }
    }
  }

  @Override
  public void turn(float[] x, Roots roots, float[] re, float[] im, int n) {
    for (int t = 0; t < n; t++) {
      re[t] = x[t] * roots.re()[t];
    }
    for (int t = 0; t < n; t++) {
      im[t] = x[t] * roots.im()[t];
    }
  }

  @Override
  public void turnBack(float[] re, float[] im, Roots roots, float factor, float[] x, int n) {
    for (int t = 0; t < n; t++) {
      x[t] = (re[t] * roots.re()[t] + im[t] * roots.im()[t]) * factor;
    }
  }
}
