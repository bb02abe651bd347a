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
  private final float[][] gains = rowOfEach();
  private final float[][] rows = blockOfEach();
  private final float[][] gradients = blockOfEach();
  private final float[][] results = blockOfEach();

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
  }

  @Override
  void begin(int thread) {
    gain.readRow(gains[thread], norm.columns());
  }

  @Override
  void block(int thread, int row, int count) {
    int stride = blocks.stride;
    float[] x = rows[thread];
    float[] g = gradients[thread];
    float[] result = results[thread];
    in.read(loops(thread), row, count, x, g, stride);
    upstream.read(row, count, g, stride);
    loops(thread)
        .normGradient(
            norm, x, g, count, gains[thread], result, dGain.recent(thread), dBias.recent(thread));
    if (dBranch != null) {
      dBranch.write(row, count, result, stride);
      loops(thread).scale(result, in.alpha(), count * stride);
    }
    dx.write(row, count, result, stride);
  }
}
