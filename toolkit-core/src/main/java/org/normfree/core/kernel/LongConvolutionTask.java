package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.kernel.RightAngle.Spectrum;
import org.normfree.core.op.LongConvolution;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link LongConvolution} or its gradient: term by term for short sequences, else by transforms.
 * Neighbouring channels, as many as the loops have lanes, are one thread's for all examples, so no
 * sum depends on the number of threads. The factor d is a part of the filter's first value.
 */
final class LongConvolutionTask implements Task {
  /** Most groups of channels that are copied together. */
  private static final int GROUPS = 4;

  // what arrays hold, behind four kinds of sequences; a spectrum is two kinds
  private static final int FILTER = 4;
  private static final int SUM = 6;
  private static final int INPUT = 8;
  private static final int WORK = 10;

  /** Longest sequences of which several groups are copied together; longer ones fill no cache. */
  private static final int LONG = 1 << 16;

  private final RowLoops loops;
  private final int batch;
  private final int length;
  private final int channels;
  private final int threads;
  private final Floats u;
  private final Floats filter;
  private final Floats skip;
  private final Floats upstream;
  private final Floats spectrum;
  private final Floats y;
  private final Floats dFilter;
  private final Floats dSkip;
  private final RightAngle transform;

  private LongConvolutionTask(
      RowLoops loops,
      boolean skips,
      List<Tensor> inputs,
      Tensor upstream,
      Tensor spectrum,
      List<Tensor> outputs,
      int threads) {
    this.loops = loops;
    this.threads = threads;
    long[] shape = inputs.get(0).shape();
    batch = (int) shape[0];
    length = (int) shape[1];
    channels = (int) shape[2];
    u = new Floats(inputs.get(0));
    filter = new Floats(inputs.get(1));
    skip = skips ? new Floats(inputs.get(2)) : null;
    this.upstream = upstream == null ? null : new Floats(upstream);
    this.spectrum = spectrum == null ? null : new Floats(spectrum);
    y = new Floats(outputs.get(0));
    dFilter = upstream == null ? null : new Floats(outputs.get(1));
    dSkip = upstream == null || !skips ? null : new Floats(outputs.get(2));
    transform =
        length <= LongConvolution.DIRECT
            ? null
            : new RightAngle(LongConvolution.frequencies(length));
  }

  /**
   * The convolution.
   *
   * @param outputs y and, if it is wanted, the filter's spectrum
   */
  static Task forward(
      RowLoops loops, boolean skips, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    Tensor spectrum = outputs.size() > 1 ? outputs.get(1) : null;
    return new LongConvolutionTask(loops, skips, inputs, null, spectrum, outputs, threads);
  }

  /**
   * Its gradient.
   *
   * @param inputs those of the convolution, G, and the filter's spectrum if it was kept
   */
  static Task backward(
      RowLoops loops, boolean skips, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    int own = skips ? 3 : 2;
    Tensor spectrum = inputs.size() > own + 1 ? inputs.get(own + 1) : null;
    return new LongConvolutionTask(
        loops, skips, inputs, inputs.get(own), spectrum, outputs, threads);
  }

  @Override
  public void run(int phase, int thread) {
    int groups = loops.stride(channels) / loops.lanes();
    int end = Task.share(groups, thread + 1, threads);
    int most = length > LONG ? 1 : GROUPS;
    for (int group = Task.share(groups, thread, threads); group < end; group += most) {
      Block block = new Block(group, Math.min(most, end - group));
      if (upstream == null) {
        block.forward();
      } else {
        block.backward();
      }
    }
  }

  /**
   * Some groups of as many neighbouring channels as there are lanes. They are copied from and to
   * memory together, because a copy costs by the row; arrays are a group's each.
   */
  private final class Block {
    private final Workbench bench = Workbench.of(loops);
    private final SignalLoops own = bench.loops().signals();
    private final int lanes = loops.lanes();
    private final int firstGroup;
    private final int groups;
    private final int first;
    private final int count;
    private final int n;
    private final float[] row;
    private final float[] work;
    private final float[][] x;
    private final float[][] g;
    private final float[][] taps;
    private final float[][] out;

    Block(int firstGroup, int groups) {
      this.firstGroup = firstGroup;
      this.groups = groups;
      first = firstGroup * lanes;
      count = Math.min(groups * lanes, channels - first);
      n = transform == null ? 0 : LongConvolution.frequencies(length) * lanes;
      row = new float[groups * lanes];
      work = bench.array(WORK * GROUPS, n);
      x = arrays(0);
      g = upstream == null ? x : arrays(1);
      taps = arrays(2);
      out = arrays(3);
    }

    private float[][] arrays(int kind) {
      float[][] arrays = new float[groups][];
      Arrays.setAll(arrays, k -> bench.array(kind * GROUPS + k, length * lanes));
      return arrays;
    }

    private Spectrum spectrum(int kind, int k) {
      int re = kind * GROUPS + k;
      return new Spectrum(bench.array(re, n), bench.array(re + GROUPS, n));
    }

    /** Reads the channels of rows of an array. */
    private void read(Floats array, int from, float[][] values) {
      for (int t = 0; t < length; t++) {
        array.read((from + t) * channels + first, row, 0, count);
        for (int k = 0; k < groups; k++) {
          System.arraycopy(row, k * lanes, values[k], t * lanes, lanes);
        }
      }
    }

    private void write(float[][] values, Floats array, int from) {
      for (int t = 0; t < length; t++) {
        for (int k = 0; k < groups; k++) {
          System.arraycopy(values[k], t * lanes, row, k * lanes, lanes);
        }
        array.write((from + t) * channels + first, row, 0, count);
      }
      Arrays.fill(row, 0); // what lies behind the last channel is 0 again
    }

    private void readFilter() {
      read(filter, 0, taps);
      if (skip != null) {
        skip.read(first, row, 0, count);
        for (int i = 0; i < count; i++) {
          taps[i / lanes][i % lanes] += row[i];
        }
      }
    }

    private void writeFilterGradient() {
      if (dSkip != null) {
        for (int i = 0; i < count; i++) {
          row[i] = out[i / lanes][i % lanes];
        }
        dSkip.write(first, row, 0, count);
      }
      write(out, dFilter, 0);
    }

    private void clear(float[][] values) {
      for (int k = 0; k < groups; k++) {
        Arrays.fill(values[k], 0, length * lanes, 0);
      }
    }

    void forward() {
      readFilter();
      for (int k = 0; k < groups && transform != null; k++) {
        Spectrum ofFilter = spectrum(FILTER, k);
        transform.forward(own, lanes, taps[k], length, ofFilter);
        if (spectrum != null) {
          spectrum.write(kept(k), ofFilter.re(), 0, n);
          spectrum.write(kept(k) + n, ofFilter.im(), 0, n);
        }
      }
      clear(out);
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        for (int k = 0; k < groups; k++) {
          convolve(k);
        }
        write(out, y, example * length);
      }
    }

    /** Where a group's spectrum is kept. */
    private int kept(int k) {
      return 2 * n * (firstGroup + k);
    }

    private void convolve(int k) {
      if (transform == null) {
        Arrays.fill(out[k], 0, length * lanes, 0);
        own.convolve(taps[k], x[k], out[k], length);
        return;
      }
      Spectrum ofInput = spectrum(INPUT, 0);
      transform.forward(own, lanes, x[k], length, ofInput);
      RightAngle.multiply(ofInput, spectrum(FILTER, k), false, work, n);
      transform.back(own, ofInput, out[k], length);
    }

    void backward() {
      readFilter();
      if (transform == null) {
        backwardTermByTerm();
      } else {
        backwardByTransforms();
      }
      writeFilterGradient();
    }

    private void backwardTermByTerm() {
      float[][] du = arrays(FILTER);
      clear(out);
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        read(upstream, example * length, g);
        clear(du);
        for (int k = 0; k < groups; k++) {
          own.correlate(g[k], taps[k], du[k], length);
          own.correlate(g[k], x[k], out[k], length);
        }
        write(du, y, example * length);
      }
    }

    private void backwardByTransforms() {
      for (int k = 0; k < groups; k++) {
        Spectrum ofFilter = spectrum(FILTER, k);
        if (spectrum == null) {
          transform.forward(own, lanes, taps[k], length, ofFilter);
        } else {
          spectrum.read(kept(k), ofFilter.re(), 0, n);
          spectrum.read(kept(k) + n, ofFilter.im(), 0, n);
        }
        Arrays.fill(spectrum(SUM, k).re(), 0, n, 0);
        Arrays.fill(spectrum(SUM, k).im(), 0, n, 0);
      }
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        read(upstream, example * length, g);
        for (int k = 0; k < groups; k++) {
          correlate(k);
        }
        write(out, y, example * length);
      }
      for (int k = 0; k < groups; k++) {
        transform.back(own, spectrum(SUM, k), out[k], length);
      }
    }

    private void correlate(int k) {
      Spectrum ofInput = spectrum(INPUT, 0);
      Spectrum ofUpstream = spectrum(INPUT, 1);
      transform.forward(own, lanes, x[k], length, ofInput);
      transform.forward(own, lanes, g[k], length, ofUpstream);
      RightAngle.addCorrelation(ofUpstream, ofInput, spectrum(SUM, k), work, n);
      RightAngle.multiply(ofUpstream, spectrum(FILTER, k), true, work, n);
      transform.back(own, ofUpstream, out[k], length);
    }
  }
}
