package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/**
 * The gradient of batch norm or group norm, see {@link org.normfree.core.op.BatchNormGradient}.
 * Summed up as well are {@code g = G·gain} and {@code g·(x − pivot)}; the last pass writes dx and
 * sums over each channel, which are written after it. Where a channel is a group, those are the
 * first sums but for the gain, which is left out of them then.
 */
final class GroupNormGradientTask extends GroupTask {
  private static final int UPSTREAM = OWN_ARRAYS;
  private static final int GAINS = OWN_ARRAYS + 1;
  private static final int SCALES = OWN_ARRAYS + 2;
  private static final int FACTORS = OWN_ARRAYS + 3;
  private static final int SLOPES = OWN_ARRAYS + 4;
  private static final int ADDENDS = OWN_ARRAYS + 5;
  private static final int RECTIFIED = OWN_ARRAYS + 6;
  private static final int BIASES = OWN_ARRAYS + 7;

  private final Floats gain;
  private final Floats upstream;
  private final Floats upstreamMean;
  private final Floats upstreamVariance;
  private final Floats bias;
  private final boolean gated;
  private final Floats rectified;
  private final Floats counts;
  private final Floats dx;
  private final Floats dGain;
  private final Floats dBias;
  private final TiledSums[] gradients = {sumsOfGroups(), sumsOfGroups()};
  private final TiledSums[] products = {sumsOfGroups(), sumsOfGroups()};
  private final TiledSums gainSums;
  private final TiledSums biasSums;

  /** Whether a channel is a group, of a single example. */
  private final boolean channelwise;

  /**
   * What is known besides x.
   *
   * @param gain null for 1
   * @param bias null for 0
   * @param y upstream gradient of the normalized values
   * @param mean that of the means; null for 0
   * @param variance that of the variances; null for 0
   * @param saved what batch norm saved; null if it did not
   * @param gated whether y is the gradient of a rectifier right behind the norm, which saved
   *     something then
   * @param rectified output of another rectifier that y is the gradient of; null if there is none
   */
  record Inputs(
      Tensor gain,
      Tensor bias,
      Tensor y,
      Tensor mean,
      Tensor variance,
      Tensor saved,
      boolean gated,
      Tensor rectified) {}

  /**
   * Where the gradients go.
   *
   * @param x of x
   * @param gain of the gain; null where there is none
   * @param bias of the bias; null where there is none
   * @param counts what the rectifier lets through; null if nobody wants it
   */
  record Outputs(Tensor x, Tensor gain, Tensor bias, Tensor counts) {}

  GroupNormGradientTask(
      RowLoops loops,
      Tensor x,
      Shape shape,
      double epsilon,
      Inputs inputs,
      Outputs outputs,
      int threads) {
    super(loops, x, shape, epsilon, inputs.saved, threads);
    gain = floats(inputs.gain);
    upstream = floats(inputs.y);
    upstreamMean = floats(inputs.mean);
    upstreamVariance = floats(inputs.variance);
    dx = floats(outputs.x);
    dGain = floats(outputs.gain);
    dBias = floats(outputs.bias);
    bias = floats(inputs.bias);
    gated = inputs.gated;
    rectified = floats(inputs.rectified);
    counts = floats(outputs.counts);
    channelwise = shape.examples() == 1 && groups == channels;
    gainSums = channelwise ? null : sumsOfChannels();
    biasSums = channelwise ? null : sumsOfChannels();
  }

  @Override
  void begins(Workbench bench, int pass, int part) {
    if (pass < 2) {
      spread(vector(channelwise ? null : gain, 1), bench, GAINS);
      gradients[pass].begin(part);
      products[pass].begin(part);
      if (gated) {
        spreadFactors(bench, scales(pass, 0));
        double[] offsets = offsets(pass, 0);
        ofGroups(bench, OFFSETS, group -> offsets[group]);
      }
    } else if (!channelwise) {
      gainSums.begin(part);
      biasSums.begin(part);
    }
  }

  @Override
  void sum(Workbench bench, int pass, int part, int example, float[] values, int index, int n) {
    int base = base(part, example);
    float[] g = through(bench, values, index, n);
    if (counts != null) {
      counts.write(index, g, 0, n);
    }
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

  /** A chunk of the upstream gradient, as far as a rectifier lets it through. */
  private float[] through(Workbench bench, float[] values, int index, int n) {
    float[] g = read(bench, UPSTREAM, upstream, index, n);
    if (gated) {
      RowLoops.GroupRow row =
          new RowLoops.GroupRow(
              row(bench, PIVOTS),
              row(bench, OFFSETS),
              null,
              row(bench, FACTORS),
              null,
              row(bench, BIASES));
      bench.loops().gate(values, g, rows(n), stride(), row);
    }
    if (rectified != null) {
      bench.loops().reluGradient(read(bench, RECTIFIED, rectified, index, n), g, n);
    }
    return g;
  }

  @Override
  void endsSum(int pass, int part, int example) {
    gradients[pass].flush(part, base(part, example));
    products[pass].flush(part, base(part, example));
  }

  /**
   * Gain over deviation and, for what a rectifier let through, the bias, as batch norm has them.
   */
  private void spreadFactors(Workbench bench, double[] scales) {
    float[] factors = vector(gain, 1);
    for (int c = 0; c < channels; c++) {
      factors[c] *= (float) scales[c / (channels / groups)];
    }
    spread(factors, bench, FACTORS);
    spread(vector(bias, 0), bench, BIASES);
  }

  @Override
  void beginsLast(Workbench bench, int set, int part, int example) {
    double[] r = scales(set, example);
    double[] offsets = offsets(set, example);
    float[] gains = vector(gain, 1);
    float[] toGain = new float[groups];
    float[] toBias = new float[groups];
    double[] slope = new double[groups];
    double[] addend = new double[groups];
    float[] toMean = vector(upstreamMean, 0);
    float[] toVariance = vector(upstreamVariance, 0);
    for (int group = 0; group < groups; group++) {
      double sum = total(gradients[set], example, group);
      double product = total(products[set], example, group) - offsets[group] * sum;
      if (channelwise) {
        toGain[group] = (float) (r[group] * product);
        toBias[group] = (float) sum;
        sum *= gains[group];
        product *= gains[group];
      }
      // only batch norm has them, and there a group is a channel
      slope[group] =
          2 * toVariance[group] / (count * r[group]) - r[group] * r[group] * product / count;
      addend[group] = (toMean[group] - r[group] * sum) / count;
    }
    if (channelwise && opens(part, example)) {
      write(toGain, dGain);
      write(toBias, dBias);
    }
    spreadFactors(bench, r);
    ofGroups(bench, SCALES, group -> r[group]);
    ofGroups(bench, SLOPES, group -> slope[group]);
    ofGroups(bench, ADDENDS, group -> addend[group]);
  }

  @Override
  void last(Workbench bench, int part, float[] values, int index, int n) {
    float[] g =
        counts == null ? through(bench, values, index, n) : read(bench, UPSTREAM, counts, index, n);
    RowLoops.GroupRow row =
        new RowLoops.GroupRow(
            row(bench, PIVOTS),
            row(bench, OFFSETS),
            row(bench, SCALES),
            row(bench, FACTORS),
            row(bench, SLOPES),
            row(bench, ADDENDS));
    if (channelwise) {
      bench.loops().groupGradient(values, g, rows(n), stride(), row, null, null);
    } else {
      bench
          .loops()
          .groupGradient(
              values, g, rows(n), stride(), row, gainSums.recent(part), biasSums.recent(part));
      gainSums.added(part, 0);
      biasSums.added(part, 0);
    }
    dx.write(index, g, 0, n);
  }

  @Override
  void endsLast(int part) {
    if (!channelwise) {
      gainSums.flush(part, 0);
      biasSums.flush(part, 0);
    }
  }

  @Override
  boolean finishes() {
    return !channelwise;
  }

  @Override
  void finish(int thread) {
    if (thread == 0) {
      write(totals(gainSums), dGain);
      write(totals(biasSums), dBias);
    }
  }

  private void write(float[] sums, Floats destination) {
    if (destination != null) {
      destination.write(0, sums, 0, channels);
    }
  }
}
