package org.normfree.core.kernel;

import org.normfree.core.task.Tensor;

/**
 * The gradient of batch norm or group norm, see {@link org.normfree.core.op.BatchNormGradient}. The
 * second pass sums {@code g = G·gain} and {@code g·(x − mean)} as well; the third writes dx and
 * sums over each channel, which a fourth writes.
 */
final class GroupNormGradientTask extends GroupTask {
  private final Floats gain;
  private final Floats upstream;
  private final Floats upstreamMean;
  private final Floats upstreamVariance;
  private final Floats dx;
  private final Floats dGain;
  private final Floats dBias;
  private final TiledSums gradients = sumsOfGroups();
  private final TiledSums products = sumsOfGroups();
  private final TiledSums gainSums = sumsOfChannels();
  private final TiledSums biasSums = sumsOfChannels();
  private final float[][] upstreams = chunkOfEach();
  private final float[][] gains = chunkOfEach();
  private final float[][] scales = chunkOfEach();
  private final float[][] slopes = chunkOfEach();
  private final float[][] addends = chunkOfEach();

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
      Tensor x, Shape shape, double epsilon, Inputs inputs, Outputs outputs, int threads) {
    super(x, shape, epsilon, threads);
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
  void begins(int pass, int thread) {
    if (pass == 0) {
      float[] values = vector(gain, 1);
      for (int i = 0; i < width; i++) {
        gains[thread][i] = values[channelOf[i]];
      }
    } else if (pass == 1) {
      gradients.begin(thread);
      products.begin(thread);
    } else {
      gainSums.begin(thread);
      biasSums.begin(thread);
    }
  }

  @Override
  void begins(int pass, int thread, int example) {
    if (pass < 2) {
      return;
    }
    double[] r = scales(example);
    double[] slope = new double[groups];
    double[] addend = new double[groups];
    float[] toMean = vector(upstreamMean, 0);
    float[] toVariance = vector(upstreamVariance, 0);
    for (int group = 0; group < groups; group++) {
      double product = total(products, example, group) / count;
      double mean = total(gradients, example, group) / count;
      // only batch norm has them, and there a group is a channel
      slope[group] = 2 * toVariance[group] / (count * r[group]) - r[group] * r[group] * product;
      addend[group] = toMean[group] / count - r[group] * mean;
    }
    for (int i = 0; i < width; i++) {
      scales[thread][i] = (float) r[groupOf[i]];
      slopes[thread][i] = (float) slope[groupOf[i]];
      addends[thread][i] = (float) addend[groupOf[i]];
    }
  }

  @Override
  void chunk(int pass, int thread, int example, float[] centred, int index, int n) {
    float[] g = upstreams[thread];
    upstream.read(index, g, 0, n);
    if (pass == 1) {
      int base = base(thread, example);
      PlainLoops.multiply(g, gains[thread], n);
      PlainLoops.add(gradients.recent(thread), g, n);
      gradients.added(thread, base);
      PlainLoops.addProduct(products.recent(thread), g, centred, n);
      products.added(thread, base);
      return;
    }
    PlainLoops.multiply(centred, scales[thread], n);
    PlainLoops.addProduct(gainSums.recent(thread), g, centred, n);
    gainSums.added(thread, 0);
    PlainLoops.add(biasSums.recent(thread), g, n);
    biasSums.added(thread, 0);
    PlainLoops.multiply(g, gains[thread], n);
    PlainLoops.multiply(g, scales[thread], n);
    PlainLoops.affine(centred, slopes[thread], addends[thread], n);
    PlainLoops.add(g, centred, n);
    dx.write(index, g, 0, n);
  }

  @Override
  void ends(int pass, int thread, int example) {
    if (pass == 1) {
      gradients.flush(thread, base(thread, example));
      products.flush(thread, base(thread, example));
    }
  }

  @Override
  void ends(int pass, int thread) {
    if (pass == 2) {
      gainSums.flush(thread, 0);
      biasSums.flush(thread, 0);
    }
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
