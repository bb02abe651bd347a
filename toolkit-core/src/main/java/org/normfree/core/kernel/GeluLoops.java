package org.normfree.core.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Exact GELU and its gradient, chunk by chunk. */
final class GeluLoops {
  private static final int CHUNK = 1024;
  private static final float SQRT_HALF = 0.70710677f;

  private GeluLoops() {}

  static void forward(INDArray input, INDArray output) {
    Floats x = new Floats(input);
    Floats y = new Floats(output);
    float[] a = new float[CHUNK];
    float[] t = new float[CHUNK];
    for (int start = 0; start < x.length(); start += CHUNK) {
      int n = Math.min(CHUNK, x.length() - start);
      x.get(start, a, 0, n);
      distribution(a, t, n);
      for (int i = 0; i < n; i++) {
        t[i] *= a[i];
      }
      y.put(start, t, 0, n);
    }
  }

  static void backward(INDArray input, INDArray upstream, INDArray output) {
    Floats x = new Floats(input);
    Floats gradient = new Floats(upstream);
    Floats dx = new Floats(output);
    float[] a = new float[CHUNK];
    float[] g = new float[CHUNK];
    float[] t = new float[CHUNK];
    double[] density = new double[CHUNK];
    double scale = 1 / Math.sqrt(2 * Math.PI);
    for (int start = 0; start < x.length(); start += CHUNK) {
      int n = Math.min(CHUNK, x.length() - start);
      x.get(start, a, 0, n);
      gradient.get(start, g, 0, n);
      distribution(a, t, n);
      for (int i = 0; i < n; i++) {
        density[i] = -0.5 * a[i] * a[i];
      }
      VectorMath.expNegative(density, n);
      for (int i = 0; i < n; i++) {
        t[i] += (float) (scale * density[i] * a[i]);
      }
      for (int i = 0; i < n; i++) {
        t[i] *= g[i];
      }
      dx.put(start, t, 0, n);
    }
  }

  /** {@code t = Φ(a)}. */
  private static void distribution(float[] a, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = a[i] * SQRT_HALF;
    }
    VectorMath.erf(t, t, n);
    for (int i = 0; i < n; i++) {
      t[i] = 0.5f * t[i] + 0.5f;
    }
  }
}
