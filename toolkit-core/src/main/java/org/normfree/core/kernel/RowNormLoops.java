package org.normfree.core.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layer norm, DeepNorm and RMS norm and their gradients, one pass over the rows each. DeepNorm is
 * layer norm of {@code α·x + branch}.
 */
final class RowNormLoops {
  private final boolean centred;
  private final double epsilon;
  private final Floats x;
  private final Floats branch;
  private final float alpha;
  private final int n;

  private final float[] z;
  private final float[] other;

  /** Layer norm ({@code centred}) or RMS norm of x. */
  RowNormLoops(boolean centred, double epsilon, INDArray x) {
    this(centred, epsilon, new Floats(x), null, 1);
  }

  /** Layer norm of α·x + branch. */
  RowNormLoops(double epsilon, INDArray x, INDArray branch, double alpha) {
    this(true, epsilon, new Floats(x), new Floats(branch), (float) alpha);
  }

  private RowNormLoops(boolean centred, double epsilon, Floats x, Floats branch, float alpha) {
    this.centred = centred;
    this.epsilon = epsilon;
    this.x = x;
    this.branch = branch;
    this.alpha = alpha;
    this.n = x.columns;
    this.z = new float[n];
    this.other = new float[n];
  }

  /** {@code y = gain·ẑ + bias}; no bias where it is null. */
  void forward(INDArray gain, INDArray bias, INDArray output) {
    Floats y = new Floats(output);
    float[] scale = new Floats(gain).toArray();
    float[] shift = bias == null ? new float[n] : new Floats(bias).toArray();
    for (int row = 0; row < x.rows; row++) {
      normalize(row);
      for (int i = 0; i < n; i++) {
        z[i] = z[i] * scale[i] + shift[i];
      }
      y.put(row, z);
    }
  }

  /** All gradients; dBranch and dBias may be null. */
  void backward(
      INDArray gain,
      INDArray upstream,
      INDArray dxOutput,
      INDArray dBranchOutput,
      INDArray dGainOutput,
      INDArray dBiasOutput) {
    Floats gradient = new Floats(upstream);
    Floats dx = new Floats(dxOutput);
    Floats dBranch = dBranchOutput == null ? null : new Floats(dBranchOutput);
    float[] scale = new Floats(gain).toArray();
    float[] g = new float[n];
    ColumnSums dGain = new ColumnSums(n);
    ColumnSums dBias = new ColumnSums(n);
    for (int row = 0; row < x.rows; row++) {
      float r = normalize(row);
      gradient.get(row, g);
      dGain.addProduct(g, z);
      dBias.add(g);
      for (int i = 0; i < n; i++) {
        g[i] *= scale[i];
      }
      float mean = centred ? (float) (VectorMath.sum(g, n) / n) : 0;
      float projection = (float) (VectorMath.dot(g, z, n) / n);
      for (int i = 0; i < n; i++) {
        g[i] = r * (g[i] - mean - z[i] * projection);
      }
      if (dBranch != null) {
        dBranch.put(row, g);
        for (int i = 0; i < n; i++) {
          g[i] *= alpha;
        }
      }
      dx.put(row, g);
    }
    dGain.writeTo(new Floats(dGainOutput));
    if (dBiasOutput != null) {
      dBias.writeTo(new Floats(dBiasOutput));
    }
  }

  /** Leaves the normalized row in z and returns 1/√(variance + ε). */
  private float normalize(int row) {
    x.get(row, z);
    if (branch != null) {
      branch.get(row, other);
      for (int i = 0; i < n; i++) {
        z[i] = z[i] * alpha + other[i];
      }
    }
    if (centred) {
      float mean = (float) (VectorMath.sum(z, n) / n);
      for (int i = 0; i < n; i++) {
        z[i] -= mean;
      }
    }
    float r = (float) (1 / Math.sqrt(VectorMath.dot(z, z, n) / n + epsilon));
    for (int i = 0; i < n; i++) {
      z[i] *= r;
    }
    return r;
  }
}
