package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/** Batch norm, which is group norm of one example with a channel a group, or group norm. */
final class GroupNormTask extends GroupTask {
  private static final int FACTORS = OWN_ARRAYS;
  private static final int ADDENDS = OWN_ARRAYS + 1;

  private final Floats gain;
  private final Floats bias;
  private final Floats y;
  private final Floats mean;
  private final Floats variance;

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
      RowLoops loops,
      Tensor x,
      Shape shape,
      Tensor gain,
      Tensor bias,
      double epsilon,
      Outputs outputs,
      int threads) {
    super(loops, x, shape, epsilon, threads);
    this.gain = gain == null ? null : new Floats(gain);
    this.bias = bias == null ? null : new Floats(bias);
    y = new Floats(outputs.y);
    mean = outputs.mean == null ? null : new Floats(outputs.mean);
    variance = outputs.variance == null ? null : new Floats(outputs.variance);
  }

  @Override
  void beginsLast(Workbench bench, int set, int part, int example) {
    double[] scales = scales(set, example);
    float[] factors = vector(gain, 1);
    for (int c = 0; c < channels; c++) {
      factors[c] *= (float) scales[c / (channels / groups)];
    }
    spread(factors, bench, FACTORS);
    spread(vector(bias, 0), bench, ADDENDS);
    if (opens(part, example)) {
      for (int group = 0; group < groups; group++) {
        write(mean, example * groups + group, mean(set, part, example, group));
        write(variance, example * groups + group, variance(set, example, group));
      }
    }
  }

  private static void write(Floats to, int index, double value) {
    if (to != null) {
      to.write(index, new float[] {(float) value}, 0, 1);
    }
  }

  @Override
  void last(Workbench bench, int part, float[] values, int index, int n) {
    RowLoops.GroupRow row =
        new RowLoops.GroupRow(
            row(bench, PIVOTS),
            row(bench, OFFSETS),
            null,
            row(bench, FACTORS),
            null,
            row(bench, ADDENDS));
    bench.loops().normalize(values, rows(n), stride(), row);
    y.write(index, values, 0, n);
  }
}
