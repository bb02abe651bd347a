package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.ActivationTerms;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.Squash;

/** Dynamic activation and its gradient, one pass each: rows stay in the first-level cache. */
final class ActivationLoops {
  private ActivationLoops() {}

  /** Whether there is a vectorizable form of the squash. */
  static boolean knows(Squash squash) {
    return squash != Squash.ARCTAN;
  }

  static void forward(DynamicActivation op, List<INDArray> inputs, INDArray output) {
    long mask = op.mask();
    Floats x = new Floats(inputs.get(0));
    Floats y = new Floats(output);
    int n = x.columns;
    Terms terms = new Terms(mask, inputs, n);
    float[] u = new float[n];
    float[] t = new float[n];
    for (int row = 0; row < x.rows; row++) {
      x.get(row, u);
      terms.argument(u, n);
      squash(op.squash(), u, t, n);
      float[] gamma = terms.gamma;
      float[] beta = terms.beta;
      for (int i = 0; i < n; i++) {
        t[i] = t[i] * gamma[i] + beta[i];
      }
      y.put(row, t);
    }
  }

  static void backward(
      DynamicActivationGradient op, List<INDArray> inputs, List<INDArray> outputs) {
    long mask = op.mask();
    Floats x = new Floats(inputs.get(0));
    Floats upstream = new Floats(inputs.get(inputs.size() - 1));
    Floats dx = new Floats(outputs.get(0));
    int n = x.columns;
    Terms terms = new Terms(mask, inputs, n);
    float[] xs = new float[n];
    float[] g = new float[n];
    float[] u = new float[n];
    float[] t = new float[n];
    float[] inner = new float[n];
    double[] work = new double[n];
    ColumnSums dAlpha = new ColumnSums(n);
    ColumnSums dShift = new ColumnSums(n);
    ColumnSums dGamma = new ColumnSums(n);
    ColumnSums dBeta = new ColumnSums(n);
    for (int row = 0; row < x.rows; row++) {
      x.get(row, xs);
      upstream.get(row, g);
      System.arraycopy(xs, 0, u, 0, n);
      terms.argument(u, n);
      squash(op.squash(), u, t, n);
      derivative(op.squash(), u, t, inner, work, n);
      dGamma.addProduct(g, t);
      dBeta.add(g);
      float[] gamma = terms.gamma;
      for (int i = 0; i < n; i++) {
        inner[i] *= g[i] * gamma[i];
      }
      dShift.add(inner);
      dAlpha.addProduct(inner, xs);
      float[] alpha = terms.alpha;
      for (int i = 0; i < n; i++) {
        inner[i] *= alpha[i];
      }
      dx.put(row, inner);
    }
    write(ActivationTerms.ALPHA, mask, outputs, dAlpha);
    write(ActivationTerms.SHIFT, mask, outputs, dShift);
    write(ActivationTerms.GAMMA, mask, outputs, dGamma);
    write(ActivationTerms.BETA, mask, outputs, dBeta);
  }

  private static void write(
      ActivationTerms term, long mask, List<INDArray> outputs, ColumnSums sums) {
    if (!term.in(mask)) {
      return;
    }
    Floats destination = new Floats(outputs.get(term.index(mask)));
    boolean scalar = term == ActivationTerms.ALPHA || term == ActivationTerms.SHIFT;
    if (scalar && destination.length() == 1) {
      destination.put(0, new float[] {sums.sum()}, 0, 1);
    } else {
      sums.writeTo(destination);
    }
  }

  /** The op's optional inputs as full rows, neutral where they are missing. */
  private static final class Terms {
    private final float[] alpha;
    private final float[] gamma;
    private final float[] beta;
    private final float shift;

    Terms(long mask, List<INDArray> inputs, int n) {
      alpha = row(ActivationTerms.ALPHA, mask, inputs, 1, n);
      gamma = row(ActivationTerms.GAMMA, mask, inputs, 1, n);
      beta = row(ActivationTerms.BETA, mask, inputs, 0, n);
      shift = row(ActivationTerms.SHIFT, mask, inputs, 0, 1)[0];
    }

    private static float[] row(
        ActivationTerms term, long mask, List<INDArray> inputs, float missing, int n) {
      float[] values = new float[n];
      if (!term.in(mask)) {
        Arrays.fill(values, missing);
        return values;
      }
      Floats given = new Floats(inputs.get(term.index(mask)));
      if (given.length() == n) {
        return given.toArray();
      }
      Arrays.fill(values, given.scalar());
      return values;
    }

    void argument(float[] u, int n) {
      float s = shift;
      float[] a = alpha;
      for (int i = 0; i < n; i++) {
        u[i] = u[i] * a[i] + s;
      }
    }
  }

  private static void squash(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case TANH -> VectorMath.tanh(u, t, n);
      case ERF -> VectorMath.erf(u, t, n);
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
        VectorMath.tanh(t, t, n);
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
        VectorMath.expNegative(work, n);
        double scale = 2 / Math.sqrt(Math.PI);
        for (int i = 0; i < n; i++) {
          p[i] = (float) (scale * work[i]);
        }
      }
      case IDENTITY -> Arrays.fill(p, 1f);
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
}
