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
 * j·dilation, c]·G[i, c]}, for which oneDNN has no fast code: parts of the batch, as many whatever
 * the team, are gone over by stretches of a row of outputs that stay in the cache, beside the rows
 * of inputs that they see. Sums of some hundred outputs are in single precision, those of more in
 * double; at last those of the parts are added in their order.
 */
final class DepthwiseWeightTask implements Task {
  /** Outputs of a stretch. */
  private static final int STRETCH = 256;

  /** Outputs whose sum is in single precision; at least those of an example. */
  private static final int SINGLE = 256;

  // arrays of the bench; rows of x last
  private static final int SUMS = 0;
  private static final int G = 1;
  private static final int X = 2;

  /** Most rows of x that are kept. */
  private static final int MOST_KEPT = 32;

  private final RowLoops loops;
  private final Image x;
  private final Image upstream;
  private final Floats result;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final int batch;
  private final int parts;
  private final int threads;
  private final int stride;
  private final int kept;
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
    parts = DividedTask.parts(batch, 1);
    kept = (int) Math.min(MOST_KEPT, (vertical.size() - 1) * vertical.dilation() + 1);
    totals = new double[parts][result.rows * stride];
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
    if (phase == 0) {
      int end = Task.share(parts, thread + 1, threads);
      for (int part = Task.share(parts, thread, threads); part < end; part++) {
        sum(part);
      }
    } else {
      write(Task.share(result.rows, thread, threads), Task.share(result.rows, thread + 1, threads));
    }
  }

  private void sum(int part) {
    Workbench bench = Workbench.of(loops);
    double[] total = totals[part];
    Arrays.fill(total, 0);
    float[] sums = bench.filled(SUMS, total.length, 0);
    int added = 0;
    int end = Task.share(batch, part + 1, parts);
    for (int example = Task.share(batch, part, parts); example < end; example++) {
      for (int from = 0; from < upstream.width; from += STRETCH) {
        stretch(bench, example, from, Math.min(STRETCH, upstream.width - from), sums);
      }
      added += upstream.height * upstream.width;
      if (added >= SINGLE || example + 1 == end) {
        for (int i = 0; i < total.length; i++) {
          total[i] += sums[i];
        }
        Arrays.fill(sums, 0, total.length, 0);
        added = 0;
      }
    }
  }

  /** Adds what the same stretch of every row of outputs gives. */
  private void stretch(Workbench bench, int example, int from, int count, float[] sums) {
    int taps = (int) horizontal.size();
    int step = (int) horizontal.stride();
    int dilation = (int) horizontal.dilation();
    int seen = (count - 1) * step + (taps - 1) * dilation + 1;
    float[] g = bench.array(G, count * stride);
    int[] rows = new int[kept];
    Arrays.fill(rows, -1);
    for (int row = 0; row < upstream.height; row++) {
      upstream.pixels.read(upstream.pixel(example, row, from), count, g, stride);
      for (int tap = 0; tap < vertical.size(); tap++) {
        int above = (int) (row * vertical.stride() - vertical.before() + tap * vertical.dilation());
        if (above < 0 || above >= x.height) {
          continue;
        }
        int place = above % kept;
        float[] in = bench.array(X + place, seen * stride);
        if (rows[place] != above) {
          read(example, above, from * step - (int) horizontal.before(), seen, in);
          rows[place] = above;
        }
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
  private void read(int example, int row, int from, int count, float[] in) {
    int first = Math.min(Math.max(0, -from), count);
    int last = Math.max(first, Math.min(count, x.width - from));
    Arrays.fill(in, 0, first * stride, 0);
    Arrays.fill(in, last * stride, count * stride, 0);
    if (last > first) {
      x.pixels.read(x.pixel(example, row, from + first), last - first, in, first, stride);
    }
  }

  /** The sums of some taps over the parts. */
  private void write(int from, int to) {
    float[] row = new float[result.columns];
    for (int tap = from; tap < to; tap++) {
      for (int c = 0; c < row.length; c++) {
        double sum = 0;
        for (double[] total : totals) {
          sum += total[tap * stride + c];
        }
        row[c] = (float) sum;
      }
      result.write(tap * row.length, row, 0, row.length);
    }
  }
}
