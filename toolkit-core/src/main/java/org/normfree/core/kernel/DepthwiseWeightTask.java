package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.WindowAxis;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The gradient of the weights of a depthwise convolution, {@code dW[j, c] = Σ x[i·stride − before +
 * j·dilation, c]·G[i, c]}, for which oneDNN has no fast code: threads share the examples, each goes
 * over them by stretches of a row of outputs that stay in the cache; sums of an example are in
 * single precision, those of several in double; at last those of the threads, in their order.
 */
final class DepthwiseWeightTask implements Task {
  /** Outputs of a stretch. */
  private static final int STRETCH = 256;

  // arrays of the bench
  private static final int X = 0;
  private static final int G = 1;

  private final RowLoops loops;
  private final Image x;
  private final Image upstream;
  private final Floats result;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final int batch;
  private final int threads;
  private final int stride;
  private final double[][] totals;

  /** An array of images whose pixels are rows. */
  private record Image(Floats pixels, int height, int width) {
    static Image of(Tensor tensor) {
      long[] shape = tensor.shape();
      boolean sequence = shape.length == 3;
      int width = Math.toIntExact(shape[shape.length - 2]);
      return new Image(new Floats(tensor), sequence ? 1 : Math.toIntExact(shape[1]), width);
    }

    int pixel(int example, int row, int column) {
      return (example * height + row) * width + column;
    }
  }

  private DepthwiseWeightTask(
      RowLoops loops, ConvolutionTerms terms, List<Tensor> inputs, Tensor output, int threads) {
    this.loops = loops;
    x = Image.of(inputs.get(0));
    upstream = Image.of(inputs.get(2));
    result = new Floats(output);
    vertical = terms.plane().get(0);
    horizontal = terms.plane().get(1);
    batch = Math.toIntExact(inputs.get(0).shape()[0]);
    this.threads = threads;
    stride = loops.stride(x.pixels.columns);
    totals = new double[threads][result.rows * stride];
  }

  /**
   * Prepares the gradient of a depthwise convolution with one filter a channel.
   *
   * @return empty for another convolution, or where more than the weights' gradient is wanted
   */
  static Optional<Task> prepare(
      RowLoops loops,
      ConvolutionGradient op,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    ConvolutionTerms terms = op.terms();
    int channels = inputs.get(0).columns();
    boolean fits =
        Floating.all(inputs, outputs)
            && op.toInput() < 0
            && op.toBias() < 0
            && terms.groups() == channels
            && inputs.get(2).columns() == channels;
    return fits
        ? Optional.of(new DepthwiseWeightTask(loops, terms, inputs, outputs.get(0), threads))
        : Optional.empty();
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 1) {
      if (thread == 0) {
        write();
      }
      return;
    }
    Workbench bench = Workbench.of(loops);
    double[] total = totals[thread];
    Arrays.fill(total, 0);
    int end = Task.share(batch, thread + 1, threads);
    for (int example = Task.share(batch, thread, threads); example < end; example++) {
      float[] sums = bench.filled(2, total.length, 0);
      for (int row = 0; row < upstream.height; row++) {
        for (int from = 0; from < upstream.width; from += STRETCH) {
          stretch(bench, example, row, from, Math.min(STRETCH, upstream.width - from), sums);
        }
      }
      for (int i = 0; i < total.length; i++) {
        total[i] += sums[i];
      }
    }
  }

  /** Adds what some neighbouring outputs give. */
  private void stretch(Workbench bench, int example, int row, int from, int count, float[] sums) {
    int taps = (int) horizontal.size();
    int step = (int) horizontal.stride();
    int dilation = (int) horizontal.dilation();
    int seen = (count - 1) * step + (taps - 1) * dilation + 1;
    float[] g = bench.array(G, STRETCH * stride);
    upstream.pixels.read(upstream.pixel(example, row, from), count, g, stride);
    for (int tap = 0; tap < vertical.size(); tap++) {
      int above = (int) (row * vertical.stride() - vertical.before() + tap * vertical.dilation());
      if (above >= 0 && above < x.height) {
        float[] in = inputs(bench, example, above, from * step - (int) horizontal.before(), seen);
        bench
            .loops()
            .correlate(
                in,
                g,
                count,
                stride,
                taps,
                step * stride,
                dilation * stride,
                sums,
                tap * taps * stride);
      }
    }
  }

  /** Inputs from a place on, with zeros where there are none. */
  private float[] inputs(Workbench bench, int example, int row, int from, int count) {
    float[] in = bench.array(X, count * stride);
    int first = Math.min(Math.max(0, -from), count);
    int last = Math.max(first, Math.min(count, x.width - from));
    Arrays.fill(in, 0, first * stride, 0);
    Arrays.fill(in, last * stride, count * stride, 0);
    if (last > first) {
      x.pixels.read(x.pixel(example, row, from + first), last - first, in, first, stride);
    }
    return in;
  }

  private void write() {
    double[] sums = totals[0];
    for (int thread = 1; thread < threads; thread++) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += totals[thread][i];
      }
    }
    float[] row = new float[result.columns];
    for (int tap = 0; tap < result.rows; tap++) {
      for (int c = 0; c < row.length; c++) {
        row[c] = (float) sums[tap * stride + c];
      }
      result.write(tap * row.length, row, 0, row.length);
    }
  }
}
