package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/** Layer norm, RMS norm or DeepNorm, which is layer norm of {@code α·x + branch}. */
final class NormTask extends RowTask {
  private final RowLoops.Norm norm;
  private final Joined in;
  private final Floats gain;
  private final Floats bias;
  private final Floats result;
  private final float[][] gains;
  private final float[][] biases;

  /**
   * What is normalized.
   *
   * @param x the input
   * @param branch what is added to it; null for nothing
   * @param alpha factor of x
   */
  record Joined(Floats x, Floats branch, float alpha) {
    static Joined of(Tensor x) {
      return new Joined(new Floats(x), null, 1);
    }

    static Joined of(Tensor x, Tensor branch, double alpha) {
      return new Joined(new Floats(x), new Floats(branch), (float) alpha);
    }

    /** Reads rows; the branch's go through an array of their own. */
    void read(RowLoops loops, int row, int count, float[] into, float[] work, int stride) {
      x.read(row, count, into, stride);
      if (branch != null) {
        branch.read(row, count, work, stride);
        loops.join(into, alpha, work, count * stride);
      }
    }
  }

  /**
   * @param bias null for none
   */
  NormTask(
      RowLoops loops,
      boolean centred,
      double epsilon,
      Joined in,
      Tensor gain,
      Tensor bias,
      Tensor result,
      int threads) {
    super(loops, Blocks.ofRows(in.x.rows, in.x.columns, threads, loops));
    this.norm = new RowLoops.Norm(in.x.columns, blocks.stride, centred, epsilon);
    this.in = in;
    this.gain = new Floats(gain);
    this.bias = bias == null ? null : new Floats(bias);
    this.result = new Floats(result);
    gains = new float[threads][];
    biases = new float[threads][];
  }

  @Override
  void begin(Workbench bench, int thread) {
    gains[thread] = row(bench, 2, gain, norm.columns());
    biases[thread] =
        bias == null ? bench.filled(3, blocks.stride, 0) : row(bench, 3, bias, norm.columns());
  }

  @Override
  void block(Workbench bench, int thread, int row, int count) {
    float[] x = block(bench, 0);
    in.read(bench.loops(), row, count, x, block(bench, 1), blocks.stride);
    bench.loops().norm(norm, x, count, gains[thread], biases[thread]);
    result.write(row, count, x, blocks.stride);
  }
}
