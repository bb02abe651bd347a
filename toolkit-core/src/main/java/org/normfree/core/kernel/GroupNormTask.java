package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/**
 * Batch norm, which is group norm of one example with a channel a group, or group norm; with what
 * batch norm does besides in a plan, see {@link org.normfree.core.op.BatchNorm}.
 */
final class GroupNormTask extends GroupTask {
  private static final int FACTORS = OWN_ARRAYS;
  private static final int ADDENDS = OWN_ARRAYS + 1;
  private static final int MORE = OWN_ARRAYS + 2;

  private final Floats gain;
  private final Floats bias;
  private final Floats addend;
  private final boolean rectified;
  private final Floats y;
  private final Floats mean;
  private final Floats variance;
  private final Floats saved;

  /**
   * What is done besides normalizing.
   *
   * @param gain null for 1
   * @param bias null for 0
   * @param addend of x's shape; null for 0
   * @param rectified whether what is below 0 becomes 0
   */
  record Terms(Tensor gain, Tensor bias, Tensor addend, boolean rectified) {}

  /**
   * Where the results go.
   *
   * @param y the normalized values
   * @param mean of each group; null if nobody wants it
   * @param variance of each group; null if nobody wants it
   * @param saved what batch norm saves for its gradient; null if nobody wants it
   */
  record Outputs(Tensor y, Tensor mean, Tensor variance, Tensor saved) {}

  GroupNormTask(
      RowLoops loops,
      Tensor x,
      Shape shape,
      Terms terms,
      double epsilon,
      Outputs outputs,
      int threads) {
    super(loops, x, shape, epsilon, threads);
    gain = floats(terms.gain);
    bias = floats(terms.bias);
    addend = floats(terms.addend);
    rectified = terms.rectified;
    y = floats(outputs.y);
    mean = floats(outputs.mean);
    variance = floats(outputs.variance);
    saved = floats(outputs.saved);
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
        // only batch norm saves something, and there a group is a channel
        write(saved, 2 * groups + group, scales[group]);
      }
      if (saved != null) {
        saved.write(0, row(bench, PIVOTS), 0, groups);
        saved.write(groups, row(bench, OFFSETS), 0, groups);
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
    float[] more = addend == null ? null : read(bench, MORE, addend, index, n);
    bench.loops().normalize(values, more, rectified, rows(n), stride(), row);
    y.write(index, values, 0, n);
  }
}
