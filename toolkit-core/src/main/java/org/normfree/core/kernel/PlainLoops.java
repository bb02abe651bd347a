package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Scratch;

/**
 * Loops that the JIT compiles to vector instructions without being told: each writes one array and
 * calls nothing, so what a formula needs is computed step by step over a row that stays in the
 * first-level cache. Accuracies: {@link LoopMath}.
 */
final class PlainLoops implements RowLoops {
  private static final float SQRT_HALF = 0.70710677f;

  private static final int PANEL = 64;

  private final Scratch scratch = new Scratch(6);
  private double[] exponents = new double[0];

  @Override
  public String name() {
    return "plain loops";
  }

  @Override
  public RowLoops another() {
    return new PlainLoops();
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void activation(Squash squash, float[] x, int rows, int stride, ActivationRow row) {
    float[] t = scratch.get(0, stride);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * stride, t, 0, stride);
      affine(t, row.alpha(), row.shift(), stride);
      squash(squash, t, t, stride);
      affine(t, row.gamma(), row.beta(), stride);
      System.arraycopy(t, 0, x, r * stride, stride);
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
    float[] in = scratch.get(0, stride);
    float[] up = scratch.get(1, stride);
    float[] u = scratch.get(2, stride);
    float[] t = scratch.get(3, stride);
    float[] inner = scratch.get(4, stride);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * stride, in, 0, stride);
      System.arraycopy(g, r * stride, up, 0, stride);
      System.arraycopy(in, 0, u, 0, stride);
      affine(u, row.alpha(), row.shift(), stride);
      squash(squash, u, t, stride);
      derivative(squash, u, t, inner, stride);
      addProduct(sums.gamma(), t, up, stride);
      add(sums.beta(), up, stride);
      multiply(inner, up, stride);
      multiply(inner, row.gamma(), stride);
      add(sums.shift(), inner, stride);
      addProduct(sums.alpha(), inner, in, stride);
      multiply(inner, row.alpha(), stride);
      System.arraycopy(inner, 0, g, r * stride, stride);
    }
  }

  private void squash(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case TANH -> LoopMath.tanh(u, t, n);
      case ERF -> LoopMath.erf(u, t, n);
      case IDENTITY -> System.arraycopy(u, 0, t, 0, n);
      case HARDTANH -> {
        for (int i = 0; i < n; i++) {
          t[i] = Math.max(-1f, Math.min(1f, u[i]));
        }
      }
      case SIGMOID -> logistic(u, t, scratch.get(5, n), n);
      case ISRU -> {
        for (int i = 0; i < n; i++) {
          float v = Math.max(-ISRU_LIMIT, Math.min(ISRU_LIMIT, u[i]));
          t[i] = v / (float) Math.sqrt(1f + v * v);
        }
      }
      case SATURSIN -> LoopMath.sine(u, t, n);
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          t[i] = u[i] / (1f + Math.abs(u[i]));
        }
      }
      case ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  private void derivative(Squash squash, float[] u, float[] t, float[] p, int n) {
    switch (squash) {
      case TANH -> {
        for (int i = 0; i < n; i++) {
          p[i] = 1f - t[i] * t[i];
        }
      }
      case ERF -> {
        double[] work = squares(u, -1, n);
        LoopMath.expNegative(work, n);
        times(work, 2 / Math.sqrt(Math.PI), p, n);
      }
      case IDENTITY -> Arrays.fill(p, 0, n, 1f);
      case HARDTANH -> {
        for (int i = 0; i < n; i++) {
          p[i] = Math.abs(u[i]) < 1f ? 1f : 0f;
        }
      }
      case SIGMOID -> {
        logistic(u, t, p, n);
        multiply(p, t, n);
      }
      case ISRU -> {
        for (int i = 0; i < n; i++) {
          float r = 1f / (1f + u[i] * u[i]);
          p[i] = r * (float) Math.sqrt(r);
        }
      }
      case SATURSIN -> LoopMath.cosine(u, p, n);
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          float r = 1f / (1f + Math.abs(u[i]));
          p[i] = r * r;
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
    float[] z = scratch.get(0, n);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * n, z, 0, n);
      normalize(norm, z);
      affine(z, gain, bias, n);
      System.arraycopy(z, 0, x, row * n, n);
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
    float[] z = scratch.get(0, n);
    float[] g = scratch.get(1, n);
    float[] work = scratch.get(2, n);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * n, z, 0, n);
      System.arraycopy(upstream, row * n, g, 0, n);
      float r = normalize(norm, z);
      add(dBias, g, n);
      addProduct(dGain, g, z, n);
      multiply(g, gain, n);
      System.arraycopy(g, 0, work, 0, n);
      multiply(work, z, n);
      float projection = (float) (sum(work, n) / n);
      float mean = 0;
      if (norm.centred()) {
        System.arraycopy(g, 0, work, 0, n);
        mean = (float) (sum(work, n) / n);
      }
      inputGradient(g, z, mean, projection, r, n);
      System.arraycopy(g, 0, dx, row * n, n);
    }
  }

  private static void inputGradient(
      float[] g, float[] z, float mean, float projection, float r, int n) {
    for (int i = 0; i < n; i++) {
      g[i] = r * (g[i] - mean - z[i] * projection);
    }
  }

  /** Leaves the normalized row in z and returns 1/√(variance + ε). */
  private float normalize(Norm norm, float[] z) {
    int n = norm.columns();
    float[] work = scratch.get(2, n);
    System.arraycopy(z, 0, work, 0, n);
    if (norm.centred()) {
      affine(z, (float) -(sum(work, n) / n), n);
      System.arraycopy(z, 0, work, 0, n);
    }
    multiply(work, work, n);
    float r = norm.scale(sum(work, n), z, 0, 0);
    scale(z, r, n);
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
  public void affine(float[] x, int rows, int stride, float[] factor, float[] addend) {
    float[] row = scratch.get(0, stride);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * stride, row, 0, stride);
      affine(row, factor, addend, stride);
      System.arraycopy(row, 0, x, r * stride, stride);
    }
  }

  @Override
  public void affineGradient(
      float[] x,
      float[] g,
      int rows,
      int stride,
      float[] factor,
      float[] dFactor,
      float[] dAddend) {
    float[] in = scratch.get(0, stride);
    float[] up = scratch.get(1, stride);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * stride, in, 0, stride);
      System.arraycopy(g, r * stride, up, 0, stride);
      addProduct(dFactor, up, in, stride);
      add(dAddend, up, stride);
      multiply(up, factor, stride);
      System.arraycopy(up, 0, g, r * stride, stride);
    }
  }

  @Override
  public void correlate(
      float[] x,
      float[] g,
      int count,
      int stride,
      int taps,
      int step,
      int dilation,
      float[] sums,
      int at) {
    float[] sum = scratch.get(0, stride);
    float[] in = scratch.get(1, stride);
    float[] up = scratch.get(2, stride);
    for (int tap = 0; tap < taps; tap++) {
      System.arraycopy(sums, at + tap * stride, sum, 0, stride);
      for (int i = 0; i < count; i++) {
        System.arraycopy(x, i * step + tap * dilation, in, 0, stride);
        System.arraycopy(g, i * stride, up, 0, stride);
        addProduct(sum, up, in, stride);
      }
      System.arraycopy(sum, 0, sums, at + tap * stride, stride);
    }
  }

  @Override
  public void moments(
      float[] x, int rows, int stride, float[] pivot, float[] sums, float[] squares) {
    float[] d = scratch.get(0, stride);
    for (int r = 0; r < rows; r++) {
      above(x, r * stride, pivot, d, stride);
      add(sums, d, stride);
      addProduct(squares, d, d, stride);
    }
  }

  private static void above(float[] x, int at, float[] pivot, float[] d, int n) {
    System.arraycopy(x, at, d, 0, n);
    for (int i = 0; i < n; i++) {
      d[i] -= pivot[i];
    }
  }

  @Override
  public void groupSums(
      float[] x,
      float[] g,
      int rows,
      int stride,
      float[] pivot,
      float[] gain,
      float[] sums,
      float[] products) {
    float[] d = scratch.get(0, stride);
    float[] u = scratch.get(1, stride);
    for (int r = 0; r < rows; r++) {
      above(x, r * stride, pivot, d, stride);
      System.arraycopy(g, r * stride, u, 0, stride);
      multiply(u, gain, stride);
      add(sums, u, stride);
      addProduct(products, u, d, stride);
    }
  }

  @Override
  public void normalize(
      float[] x, float[] more, boolean rectified, int rows, int stride, GroupRow row) {
    float[] d = scratch.get(0, stride);
    float[] other = scratch.get(1, stride);
    for (int r = 0; r < rows; r++) {
      centre(x, r * stride, row, row.factor(), d, stride);
      add(d, row.addend(), stride);
      if (more != null) {
        System.arraycopy(more, r * stride, other, 0, stride);
        add(d, other, stride);
      }
      if (rectified) {
        relu(d, stride);
      }
      System.arraycopy(d, 0, x, r * stride, stride);
    }
  }

  /** {@code d ← (x − pivot − offset)·factor}. */
  private static void centre(float[] x, int at, GroupRow row, float[] factor, float[] d, int n) {
    above(x, at, row.pivot(), d, n);
    float[] offset = row.offset();
    for (int i = 0; i < n; i++) {
      d[i] = (d[i] - offset[i]) * factor[i];
    }
  }

  @Override
  public void gate(float[] x, float[] g, int rows, int stride, GroupRow row) {
    float[] d = scratch.get(0, stride);
    float[] up = scratch.get(1, stride);
    for (int r = 0; r < rows; r++) {
      centre(x, r * stride, row, row.factor(), d, stride);
      add(d, row.addend(), stride);
      System.arraycopy(g, r * stride, up, 0, stride);
      reluGradient(d, up, stride);
      System.arraycopy(up, 0, g, r * stride, stride);
    }
  }

  @Override
  public void groupGradient(
      float[] x, float[] g, int rows, int stride, GroupRow row, float[] toGain, float[] toBias) {
    float[] h = scratch.get(0, stride);
    float[] up = scratch.get(1, stride);
    for (int r = 0; r < rows; r++) {
      centre(x, r * stride, row, row.scale(), h, stride);
      System.arraycopy(g, r * stride, up, 0, stride);
      if (toGain != null) {
        addProduct(toGain, up, h, stride);
        add(toBias, up, stride);
      }
      multiply(up, row.factor(), stride);
      affine(h, row.slope(), row.addend(), stride);
      add(up, h, stride);
      System.arraycopy(up, 0, g, r * stride, stride);
    }
  }

  @Override
  public void relu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] < 0 ? 0 : x[i];
    }
  }

  @Override
  public void reluGradient(float[] x, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      g[i] = x[i] > 0 ? g[i] : 0;
    }
  }

  @Override
  public void tanh(float[] x, int n) {
    LoopMath.tanh(x, x, n);
  }

  @Override
  public void tanhGradient(float[] x, float[] g, int n) {
    float[] t = scratch.get(0, n);
    LoopMath.tanh(x, t, n);
    for (int i = 0; i < n; i++) {
      g[i] *= 1 - t[i] * t[i];
    }
  }

  @Override
  public void gelu(float[] x, int n) {
    multiply(x, distribution(x, n), n);
  }

  @Override
  public void geluGradient(float[] x, float[] g, int n) {
    float[] slope = scratch.get(1, n);
    slope(x, distribution(x, n), slope, n);
    multiply(g, slope, n);
  }

  @Override
  public void geluWithSlope(float[] x, float[] slope, int n) {
    float[] phi = distribution(x, n);
    slope(x, phi, slope, n);
    multiply(x, phi, n);
  }

  /** {@code slope ← Φ(x) + x·φ(x)}. */
  private void slope(float[] x, float[] phi, float[] slope, int n) {
    double[] density = squares(x, -0.5, n);
    LoopMath.expNegative(density, n);
    times(density, 1 / Math.sqrt(2 * Math.PI), slope, n);
    for (int i = 0; i < n; i++) {
      slope[i] = Math.abs(x[i]) > DENSITY_ENDS ? 0 : slope[i];
    }
    multiply(slope, x, n);
    add(slope, phi, n);
  }

  @Override
  public void tanhGelu(float[] x, int n) {
    multiply(x, tanhGeluSigma(x, scratch.get(1, n), n), n);
  }

  @Override
  public void tanhGeluWithSlope(float[] x, float[] slope, int n) {
    float[] complement = scratch.get(1, n);
    float[] sigma = tanhGeluSigma(x, complement, n);
    tanhGeluSlope(x, sigma, complement, slope, n);
    multiply(x, sigma, n);
  }

  @Override
  public void tanhGeluGradient(float[] x, float[] g, int n) {
    float[] complement = scratch.get(1, n);
    float[] sigma = tanhGeluSigma(x, complement, n);
    float[] slope = scratch.get(2, n);
    tanhGeluSlope(x, sigma, complement, slope, n);
    multiply(g, slope, n);
  }

  /** σ(w), and 1 − σ(w). */
  private float[] tanhGeluSigma(float[] x, float[] complement, int n) {
    float[] w = scratch.get(2, n);
    for (int i = 0; i < n; i++) {
      float u = Math.max(-TANH_GELU_ENDS, Math.min(TANH_GELU_ENDS, x[i]));
      w[i] = TANH_GELU_LINEAR * u * (1 + TANH_GELU_CUBIC * u * u);
    }
    float[] sigma = scratch.get(0, n);
    logistic(w, sigma, complement, n);
    return sigma;
  }

  /** {@code slope ← σ + x·σ(1 − σ)·w′}. */
  private static void tanhGeluSlope(
      float[] x, float[] sigma, float[] complement, float[] slope, int n) {
    for (int i = 0; i < n; i++) {
      float u = Math.max(-TANH_GELU_ENDS, Math.min(TANH_GELU_ENDS, x[i]));
      float rise = TANH_GELU_LINEAR * u * (1 + 3 * TANH_GELU_CUBIC * u * u);
      slope[i] = sigma[i] * (1 + complement[i] * rise);
    }
  }

  @Override
  public void silu(float[] x, int n) {
    float[] sigma = scratch.get(0, n);
    logistic(x, sigma, scratch.get(1, n), n);
    multiply(x, sigma, n);
  }

  @Override
  public void siluWithSlope(float[] x, float[] slope, int n) {
    float[] sigma = scratch.get(0, n);
    siluSlope(x, sigma, slope, n);
    multiply(x, sigma, n);
  }

  @Override
  public void siluGradient(float[] x, float[] g, int n) {
    float[] slope = scratch.get(2, n);
    siluSlope(x, scratch.get(0, n), slope, n);
    multiply(g, slope, n);
  }

  /** {@code slope ← σ·(1 + x·(1 − σ))}, and σ. */
  private void siluSlope(float[] x, float[] sigma, float[] slope, int n) {
    float[] complement = scratch.get(1, n);
    logistic(x, sigma, complement, n);
    for (int i = 0; i < n; i++) {
      slope[i] = sigma[i] * (1 + x[i] * complement[i]);
    }
  }

  /** σ(x) and 1 − σ(x), each without a difference: shares of {@code 1 + e^(−|x|)}. */
  private void logistic(float[] x, float[] sigma, float[] complement, int n) {
    double[] e = exponents(n);
    for (int i = 0; i < n; i++) {
      e[i] = -Math.abs(x[i]);
    }
    LoopMath.expNegative(e, n);
    for (int i = 0; i < n; i++) {
      double larger = 1 / (1 + e[i]);
      double smaller = Math.abs(x[i]) > LOGISTIC_ENDS ? 0 : e[i] * larger;
      boolean negative = x[i] < 0;
      sigma[i] = (float) (negative ? smaller : larger);
      complement[i] = (float) (negative ? larger : smaller);
    }
  }

  /** Φ(x). */
  private float[] distribution(float[] x, int n) {
    float[] phi = scratch.get(0, n);
    System.arraycopy(x, 0, phi, 0, n);
    scale(phi, SQRT_HALF, n);
    LoopMath.erf(phi, phi, n);
    half(phi, n);
    return phi;
  }

  @Override
  public void columnSums(float[] x, int rows, int stride, float[] sums) {
    float[] row = scratch.get(0, stride);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * stride, row, 0, stride);
      add(sums, row, stride);
    }
  }

  /** {@code factor·x²}. */
  private double[] squares(float[] x, double factor, int n) {
    double[] e = exponents(n);
    for (int i = 0; i < n; i++) {
      e[i] = factor * x[i] * x[i];
    }
    return e;
  }

  private double[] exponents(int n) {
    if (exponents.length < n) {
      exponents = new double[n];
    }
    return exponents;
  }

  private static void times(double[] a, double factor, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      b[i] = (float) (factor * a[i]);
    }
  }

  /** {@code a ← a/2 + 1/2}. */
  private static void half(float[] a, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = 0.5f * a[i] + 0.5f;
    }
  }

  /** {@code a ← a∘factor + addend}. */
  private static void affine(float[] a, float[] factor, float[] addend, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] * factor[i] + addend[i];
    }
  }

  /** {@code a ← a∘factor + addend}. */
  private static void affine(float[] a, float[] factor, float addend, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] * factor[i] + addend;
    }
  }

  /** {@code a ← a + addend}. */
  private static void affine(float[] a, float addend, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += addend;
    }
  }

  /** {@code a ← a∘b}. */
  static void multiply(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] *= b[i];
    }
  }

  /** {@code a ← a + b}. */
  static void add(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i];
    }
  }

  /** {@code a ← a + b∘c}. */
  private static void addProduct(float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i] * c[i];
    }
  }

  @Override
  public void powers(float[] x, float[] y, int n) {
    PlainScan.powers(x, y, n);
  }

  @Override
  public void softplus(float[] x, float[] slope, int n) {
    PlainScan.softplus(x, slope, n);
  }

  @Override
  public void scan(ScanBlock block) {
    PlainScan.scan(block);
  }

  @Override
  public void scanGradient(ScanBlock block) {
    PlainScan.scanGradient(block);
  }

  @Override
  public int panel() {
    return PANEL;
  }

  @Override
  public void product(
      Operand a, Panels b, Operand c, int rows, int inner, int columns, boolean added) {
    for (int j = 0; j < columns; j += PANEL) {
      int at = b.at() + j / PANEL * b.panelStep();
      Operand panel = Operand.rows(b.array(), at, b.rowStep());
      Operand to = Operand.rows(c.array(), c.at() + j, c.rowStep());
      product(a, panel, to, rows, inner, Math.min(PANEL, columns - j), added);
    }
  }

  private static void product(
      Operand a, Operand b, Operand c, int rows, int inner, int columns, boolean added) {
    float[] v = b.array();
    float[] w = c.array();
    for (int i = 0; i < rows; i++) {
      int to = c.at() + i * c.rowStep();
      if (!added) {
        Arrays.fill(w, to, to + columns, 0);
      }
      for (int l = 0; l < inner; l++) {
        float factor = a.array()[a.at() + i * a.rowStep() + l * a.columnStep()];
        int from = b.at() + l * b.rowStep();
        for (int j = 0; j < columns; j++) {
          w[to + j] += factor * v[from + j];
        }
      }
    }
  }

  @Override
  public void softmax(float[] x, int stride, int rows, int columns, float[] visible, float scale) {
    double[] e = exponents(rows);
    for (int column = 0; column < columns; column++) {
      int count = (int) Math.min(rows, visible[column]);
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        max = Math.max(max, x[i * stride + column]);
      }
      for (int i = 0; i < count; i++) {
        e[i] = (double) scale * (x[i * stride + column] - max);
      }
      LoopMath.expNegative(e, count);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += e[i];
      }
      double share = 1 / sum;
      for (int i = 0; i < count; i++) {
        x[i * stride + column] = (float) (e[i] * share);
      }
      for (int i = count; i < rows; i++) {
        x[i * stride + column] = 0;
      }
    }
  }

  @Override
  public void softmaxGradient(
      float[] p, float[] g, int stride, int rows, int columns, float scale) {
    double[] sums = exponents(columns);
    Arrays.fill(sums, 0, columns, 0);
    for (int i = 0; i < rows; i++) {
      int at = i * stride;
      for (int column = 0; column < columns; column++) {
        sums[column] += p[at + column] * (double) g[at + column];
      }
    }
    for (int i = 0; i < rows; i++) {
      int at = i * stride;
      for (int column = 0; column < columns; column++) {
        g[at + column] = scale * p[at + column] * (g[at + column] - (float) sums[column]);
      }
    }
  }

  @Override
  public void laneSums(float[] rows, int count, float[] sums) {
    System.arraycopy(rows, 0, sums, 0, count);
  }

  @Override
  public SignalLoops signals() {
    return new PlainSignal();
  }

  @Override
  public WinogradLoops winograd() {
    return new WinogradLoops() {};
  }
}
