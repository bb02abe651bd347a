package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/** Batch norm, which is group norm of one example with a channel a group, or group norm. */
final class GroupNormTask extends GroupTask {
  private final Floats gain;
  private final Floats bias;
  private final Floats y;
  private final Floats mean;
  private final Floats variance;
  private final float[][] factors = chunkOfEach();
  private final float[][] addends = chunkOfEach();

  /**
   * Where the results go.
   *
   * @param y the normalized values
   * @param mean of each group; null if nobody wants it
   * @param variance of each group; null if nobody wants it
   */
  record Outputs(Tensor y, Tensor mean, Tensor variance) {}

  /**
   * @param gain null for 1
   * @param bias null for 0
   */
  GroupNormTask(
      Tensor x,
      Shape shape,
      Tensor gain,
      Tensor bias,
      double epsilon,
      Outputs outputs,
      int threads) {
    super(x, shape, epsilon, threads);
    this.gain = gain == null ? null : new Floats(gain);
    this.bias = bias == null ? null : new Floats(bias);
    y = new Floats(outputs.y);
    mean = outputs.mean == null ? null : new Floats(outputs.mean);
    variance = outputs.variance == null ? null : new Floats(outputs.variance);
  }

  @Override
  void begins(int pass, int thread, int example) {
    if (pass < 2) {
      return;
    }
    double[] scales = scales(example);
    float[] gains = vector(gain, 1);
    float[] biases = vector(bias, 0);
    for (int i = 0; i < width; i++) {
      factors[thread][i] = (float) (scales[groupOf[i]] * gains[channelOf[i]]);
      addends[thread][i] = biases[channelOf[i]];
    }
    if (opens(thread, example)) {
      writeStatistics(thread, example);
    }
  }

  private void writeStatistics(int thread, int example) {
    float[] value = new float[1];
    for (int group = 0; group < groups; group++) {
      if (mean != null) {
        value[0] = (float) mean(thread, example, group);
        mean.write(example * groups + group, value, 0, 1);
      }
      if (variance != null) {
        value[0] = (float) variance(example, group);
        variance.write(example * groups + group, value, 0, 1);
      }
    }
  }

  @Override
  void chunk(int pass, int thread, int example, float[] centred, int index, int n) {
    if (pass == 2) {
      PlainLoops.affine(centred, factors[thread], addends[thread], n);
      y.write(index, centred, 0, n);
    }
  }
}
