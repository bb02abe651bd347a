package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/**
 * The gradient of batch norm or group norm, see {@link org.normfree.core.op.BatchNormGradient}.
 * Summed up as well are {@code g = G·gain} and {@code g·(x − pivot)}; the last pass writes dx and
 * sums over each channel, which are written after it.
 */
final class GroupNormGradientTask extends GroupTask {
  private static final int UPSTREAM = OWN_ARRAYS;
  private static final int GAINS = OWN_ARRAYS + 1;
  private static final int SCALES = OWN_ARRAYS + 2;
  private static final int FACTORS = OWN_ARRAYS + 3;
  private static final int SLOPES = OWN_ARRAYS + 4;
  private static final int ADDENDS = OWN_ARRAYS + 5;

  private final Floats gain;
  private final Floats upstream;
  private final Floats upstreamMean;
  private final Floats upstreamVariance;
  private final Floats dx;
  private final Floats dGain;
  private final Floats dBias;
  private final TiledSums[] gradients = {sumsOfGroups(), sumsOfGroups()};
  private final TiledSums[] products = {sumsOfGroups(), sumsOfGroups()};
  private final TiledSums gainSums = sumsOfChannels();
  private final TiledSums biasSums = sumsOfChannels();

  /**
   * What is known besides x.
   *
   * @param gain null for 1
   * @param y upstream gradient of the normalized values
   * @param mean that of the means; null for 0
   * @param variance that of the variances; null for 0
   */
  record Inputs(Tensor gain, Tensor y, Tensor mean, Tensor variance) {}

  /**
   * Where the gradients go.
   *
   * @param x of x
   * @param gain of the gain; null where there is none
   * @param bias of the bias; null where there is none
   */
  record Outputs(Tensor x, Tensor gain, Tensor bias) {}

  GroupNormGradientTask(
      RowLoops loops,
      Tensor x,
      Shape shape,
      double epsilon,
      Inputs inputs,
      Outputs outputs,
      int threads) {
    super(loops, x, shape, epsilon, threads);
    gain = floats(inputs.gain);
    upstream = floats(inputs.y);
    upstreamMean = floats(inputs.mean);
    upstreamVariance = floats(inputs.variance);
    dx = floats(outputs.x);
    dGain = floats(outputs.gain);
    dBias = floats(outputs.bias);
  }

  private static Floats floats(Tensor tensor) {
    return tensor == null ? null : new Floats(tensor);
  }

  @Override
  void begins(Workbench bench, int pass, int part) {
    if (pass < 2) {
      spread(vector(gain, 1), bench, GAINS);
      gradients[pass].begin(part);
      products[pass].begin(part);
    } else {
      gainSums.begin(part);
      biasSums.begin(part);
    }
  }

  @Override
  void sum(Workbench bench, int pass, int part, int example, float[] values, int index, int n) {
    int base = base(part, example);
    float[] g = read(bench, UPSTREAM, upstream, index, n);
    bench
        .loops()
        .groupSums(
            values,
            g,
            rows(n),
            stride(),
            row(bench, PIVOTS),
            row(bench, GAINS),
            gradients[pass].recent(part),
            products[pass].recent(part));
    gradients[pass].added(part, base);
    products[pass].added(part, base);
  }

  @Override
  void endsSum(int pass, int part, int example) {
    gradients[pass].flush(part, base(part, example));
    products[pass].flush(part, base(part, example));
  }

  @Override
  void beginsLast(Workbench bench, int set, int part, int example) {
    double[] r = scales(set, example);
    double[] slope = new double[groups];
    double[] addend = new double[groups];
    float[] toMean = vector(upstreamMean, 0);
    float[] toVariance = vector(upstreamVariance, 0);
    for (int group = 0; group < groups; group++) {
      double sum = total(gradients[set], example, group);
      double product = total(products[set], example, group) - above(set, example, group) * sum;
      // only batch norm has them, and there a group is a channel
      slope[group] =
          2 * toVariance[group] / (count * r[group]) - r[group] * r[group] * product / count;
      addend[group] = (toMean[group] - r[group] * sum) / count;
    }
    float[] factors = vector(gain, 1);
    for (int c = 0; c < channels; c++) {
      factors[c] *= (float) r[c / (channels / groups)];
    }
    spread(factors, bench, FACTORS);
    ofGroups(bench, SCALES, group -> r[group]);
    ofGroups(bench, SLOPES, group -> slope[group]);
    ofGroups(bench, ADDENDS, group -> addend[group]);
  }

  @Override
  void last(Workbench bench, int part, float[] values, int index, int n) {
    float[] g = read(bench, UPSTREAM, upstream, index, n);
    RowLoops.GroupRow row =
        new RowLoops.GroupRow(
            row(bench, PIVOTS),
            row(bench, OFFSETS),
            row(bench, SCALES),
            row(bench, FACTORS),
            row(bench, SLOPES),
            row(bench, ADDENDS));
    bench
        .loops()
        .groupGradient(
            values, g, rows(n), stride(), row, gainSums.recent(part), biasSums.recent(part));
    gainSums.added(part, 0);
    biasSums.added(part, 0);
    dx.write(index, g, 0, n);
  }

  @Override
  void endsLast(int part) {
    gainSums.flush(part, 0);
    biasSums.flush(part, 0);
  }

  @Override
  void finish(int thread) {
    if (thread == 0) {
      write(gainSums, dGain);
      write(biasSums, dBias);
    }
  }

  private void write(TiledSums sums, Floats destination) {
    if (destination != null) {
      destination.write(0, totals(sums), 0, channels);
    }
  }
}
