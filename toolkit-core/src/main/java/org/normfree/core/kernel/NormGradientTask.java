package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/** Gradient of layer norm, RMS norm or DeepNorm. */
final class NormGradientTask extends RowTask {
  private final RowLoops.Norm norm;
  private final NormTask.Joined in;
  private final Floats gain;
  private final Floats upstream;
  private final Floats dx;
  private final Floats dBranch;
  private final ColumnSums dGain;
  private final ColumnSums dBias;
  private final float[][] gains;

  /**
   * Where the gradients go.
   *
   * @param x of x
   * @param branch of the branch; null where there is none
   * @param gain of the gain
   * @param bias of the bias; null where there is none
   */
  record Outputs(Tensor x, Tensor branch, Tensor gain, Tensor bias) {}

  NormGradientTask(
      RowLoops loops,
      boolean centred,
      double epsilon,
      NormTask.Joined in,
      Tensor gain,
      Tensor upstream,
      Outputs outputs,
      int threads) {
    super(loops, Blocks.ofRows(in.x().rows, in.x().columns, threads, loops));
    this.norm = new RowLoops.Norm(in.x().columns, blocks.stride, centred, epsilon);
    this.in = in;
    this.gain = new Floats(gain);
    this.upstream = new Floats(upstream);
    dx = new Floats(outputs.x);
    dBranch = outputs.branch == null ? null : new Floats(outputs.branch);
    dGain = sums(norm.columns(), outputs.gain);
    dBias = sums(norm.columns(), outputs.bias);
    gains = new float[threads][];
  }

  @Override
  void begin(Workbench bench, int thread) {
    gains[thread] = row(bench, 2, gain, norm.columns());
  }

  @Override
  void block(Workbench bench, int thread, int row, int count) {
    int stride = blocks.stride;
    float[] x = block(bench, 0);
    float[] g = block(bench, 1);
    float[] result = block(bench, 3);
    in.read(bench.loops(), row, count, x, g, stride);
    upstream.read(row, count, g, stride);
    bench
        .loops()
        .normGradient(
            norm, x, g, count, gains[thread], result, dGain.recent(thread), dBias.recent(thread));
    if (dBranch != null) {
      dBranch.write(row, count, result, stride);
      bench.loops().scale(result, in.alpha(), count * stride);
    }
    dx.write(row, count, result, stride);
  }
}
