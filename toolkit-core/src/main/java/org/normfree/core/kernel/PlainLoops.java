package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.op.Squash;

/**
 * Loops that the JIT compiles to vector instructions without being told: each writes one array and
 * calls nothing, so what a formula needs is computed step by step over a row that stays in the
 * first-level cache. Accuracies: {@link LoopMath}.
 */
final class PlainLoops implements RowLoops {
  private static final float SQRT_HALF = 0.70710677f;
  private static final int CHUNK = 1024;

  @Override
  public String name() {
    return "plain loops";
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void activation(Squash squash, float[] x, int rows, int stride, ActivationRow row) {
    float[] t = new float[stride];
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      argument(x, at, row, t, stride);
      squash(squash, t, t, stride);
      float[] gamma = row.gamma();
      float[] beta = row.beta();
      for (int i = 0; i < stride; i++) {
        x[at + i] = t[i] * gamma[i] + beta[i];
      }
    }
  }

  @Override
  public void activationGradient(
      Squash squash,
      float[] x,
      float[] g,
      int rows,
      int stride,
      ActivationRow row,
      ActivationSums sums) {
    float[] u = new float[stride];
    float[] t = new float[stride];
    float[] inner = new float[stride];
    double[] work = new double[squash == Squash.ERF ? stride : 0];
    float[] alpha = row.alpha();
    float[] gamma = row.gamma();
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      argument(x, at, row, u, stride);
      squash(squash, u, t, stride);
      derivative(squash, u, t, inner, work, stride);
      addProduct(sums.gamma(), t, g, at, stride);
      add(sums.beta(), g, at, stride);
      for (int i = 0; i < stride; i++) {
        inner[i] *= g[at + i] * gamma[i];
      }
      add(sums.shift(), inner, 0, stride);
      addProduct(sums.alpha(), inner, x, at, stride);
      for (int i = 0; i < stride; i++) {
        g[at + i] = inner[i] * alpha[i];
      }
    }
  }

  private static void argument(float[] x, int at, ActivationRow row, float[] u, int n) {
    float[] alpha = row.alpha();
    float shift = row.shift();
    for (int i = 0; i < n; i++) {
      u[i] = x[at + i] * alpha[i] + shift;
    }
  }

  private static void squash(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case TANH -> LoopMath.tanh(u, t, n);
      case ERF -> LoopMath.erf(u, t, n);
      case IDENTITY -> System.arraycopy(u, 0, t, 0, n);
      case HARDTANH -> {
        for (int i = 0; i < n; i++) {
          t[i] = Math.max(-1f, Math.min(1f, u[i]));
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          t[i] = 0.5f * u[i];
        }
        LoopMath.tanh(t, t, n);
        for (int i = 0; i < n; i++) {
          t[i] = 0.5f * t[i] + 0.5f;
        }
      }
      case ISRU -> {
        for (int i = 0; i < n; i++) {
          t[i] = u[i] / (float) Math.sqrt(1f + u[i] * u[i]);
        }
      }
      case ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  private static void derivative(
      Squash squash, float[] u, float[] t, float[] p, double[] work, int n) {
    switch (squash) {
      case TANH -> {
        for (int i = 0; i < n; i++) {
          p[i] = 1f - t[i] * t[i];
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          work[i] = -(double) u[i] * u[i];
        }
        LoopMath.expNegative(work, n);
        double scale = 2 / Math.sqrt(Math.PI);
        for (int i = 0; i < n; i++) {
          p[i] = (float) (scale * work[i]);
        }
      }
      case IDENTITY -> Arrays.fill(p, 0, n, 1f);
      case HARDTANH -> {
        for (int i = 0; i < n; i++) {
          p[i] = Math.abs(u[i]) < 1f ? 1f : 0f;
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          p[i] = t[i] * (1f - t[i]);
        }
      }
      case ISRU -> {
        for (int i = 0; i < n; i++) {
          float r = 1f / (1f + u[i] * u[i]);
          p[i] = r * (float) Math.sqrt(r);
        }
      }
      case ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  @Override
  public void join(float[] z, float alpha, float[] branch, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = z[i] * alpha + branch[i];
    }
  }

  @Override
  public void scale(float[] a, float factor, int n) {
    for (int i = 0; i < n; i++) {
      a[i] *= factor;
    }
  }

  @Override
  public void norm(Norm norm, float[] x, int rows, float[] gain, float[] bias) {
    int n = norm.columns();
    float[] work = new float[n];
    for (int row = 0; row < rows; row++) {
      int at = row * n;
      normalize(norm, x, at, work);
      for (int i = 0; i < n; i++) {
        x[at + i] = x[at + i] * gain[i] + bias[i];
      }
    }
  }

  @Override
  public void normGradient(
      Norm norm,
      float[] x,
      float[] upstream,
      int rows,
      float[] gain,
      float[] dx,
      float[] dGain,
      float[] dBias) {
    int n = norm.columns();
    float[] g = new float[n];
    float[] work = new float[n];
    for (int row = 0; row < rows; row++) {
      int at = row * n;
      float r = normalize(norm, x, at, work);
      for (int i = 0; i < n; i++) {
        work[i] = upstream[at + i] * x[at + i];
      }
      add(dGain, work, 0, n);
      add(dBias, upstream, at, n);
      for (int i = 0; i < n; i++) {
        work[i] *= gain[i];
      }
      float projection = (float) (sum(work, n) / n);
      for (int i = 0; i < n; i++) {
        g[i] = upstream[at + i] * gain[i];
      }
      float mean = 0;
      if (norm.centred()) {
        System.arraycopy(g, 0, work, 0, n);
        mean = (float) (sum(work, n) / n);
      }
      for (int i = 0; i < n; i++) {
        dx[at + i] = r * (g[i] - mean - x[at + i] * projection);
      }
    }
  }

  /** Leaves the normalized row in x and returns 1/√(variance + ε). */
  private static float normalize(Norm norm, float[] x, int at, float[] work) {
    int n = norm.columns();
    if (norm.centred()) {
      System.arraycopy(x, at, work, 0, n);
      float mean = (float) (sum(work, n) / n);
      for (int i = 0; i < n; i++) {
        x[at + i] -= mean;
      }
    }
    for (int i = 0; i < n; i++) {
      work[i] = x[at + i] * x[at + i];
    }
    float r = (float) (1 / Math.sqrt(sum(work, n) / n + norm.epsilon()));
    for (int i = 0; i < n; i++) {
      x[at + i] *= r;
    }
    return r;
  }

  /**
   * The sum of an array that is overwritten: its halves are added up until little is left. A loop
   * over one sum would not vectorize.
   */
  private static double sum(float[] a, int length) {
    int n = length;
    double odd = 0;
    while (n >= 32) {
      if (n % 2 != 0) {
        odd += a[n - 1];
      }
      n /= 2;
      fold(a, n);
    }
    double sum = odd;
    for (int i = 0; i < n; i++) {
      sum += a[i];
    }
    return sum;
  }

  private static void fold(float[] a, int half) {
    for (int i = 0; i < half; i++) {
      a[i] += a[half + i];
    }
  }

  @Override
  public void gelu(float[] x, int n) {
    float[] t = new float[Math.min(n, CHUNK)];
    for (int at = 0; at < n; at += CHUNK) {
      int m = Math.min(CHUNK, n - at);
      distribution(x, at, t, m);
      for (int i = 0; i < m; i++) {
        x[at + i] *= t[i];
      }
    }
  }

  @Override
  public void geluGradient(float[] x, float[] g, int n) {
    float[] t = new float[Math.min(n, CHUNK)];
    double[] density = new double[Math.min(n, CHUNK)];
    double scale = 1 / Math.sqrt(2 * Math.PI);
    for (int at = 0; at < n; at += CHUNK) {
      int m = Math.min(CHUNK, n - at);
      distribution(x, at, t, m);
      for (int i = 0; i < m; i++) {
        density[i] = -0.5 * x[at + i] * x[at + i];
      }
      LoopMath.expNegative(density, m);
      for (int i = 0; i < m; i++) {
        t[i] += (float) (scale * density[i] * x[at + i]);
      }
      for (int i = 0; i < m; i++) {
        g[at + i] *= t[i];
      }
    }
  }

  /** {@code t = Φ(x)}. */
  private static void distribution(float[] x, int at, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[at + i] * SQRT_HALF;
    }
    LoopMath.erf(t, t, n);
    for (int i = 0; i < n; i++) {
      t[i] = 0.5f * t[i] + 0.5f;
    }
  }

  @Override
  public void columnSums(float[] x, int rows, int stride, float[] sums) {
    for (int row = 0; row < rows; row++) {
      add(sums, x, row * stride, stride);
    }
  }

  /** {@code a += b}. */
  private static void add(float[] a, float[] b, int at, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[at + i];
    }
  }

  /** {@code a += b∘c}. */
  private static void addProduct(float[] a, float[] b, float[] c, int at, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i] * c[at + i];
    }
  }
}
