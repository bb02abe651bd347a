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
    for (int group = Task.share(groups, thread, threads); group < end; group++) {
      Group mine = new Group(group * loops.lanes());
      if (upstream == null) {
        mine.forward();
      } else {
        mine.backward();
      }
    }
  }

  /** Some neighbouring channels. */
  private final class Group {
    private final Workbench bench = Workbench.of(loops);
    private final SignalLoops own = bench.loops().signals();
    private final int lanes = loops.lanes();
    private final int first;
    private final int count;
    private final float[] x = bench.array(0, length * lanes);
    private final float[] g = bench.array(1, length * lanes);
    private final float[] taps = bench.array(2, length * lanes);
    private final float[] out = bench.array(3, length * lanes);

    Group(int first) {
      this.first = first;
      count = Math.min(lanes, channels - first);
    }

    /** Reads the channels of rows of an array. */
    private void read(Floats array, int row, float[] values) {
      for (int t = 0; t < length; t++) {
        array.read((row + t) * channels + first, values, t * lanes, count);
        Arrays.fill(values, t * lanes + count, (t + 1) * lanes, 0);
      }
    }

    private void write(float[] values, Floats array, int row) {
      for (int t = 0; t < length; t++) {
        array.write((row + t) * channels + first, values, t * lanes, count);
      }
    }

    private void readFilter() {
      read(filter, 0, taps);
      if (skip != null) {
        float[] more = new float[count];
        skip.read(first, more, 0, count);
        for (int i = 0; i < count; i++) {
          taps[i] += more[i];
        }
      }
    }

    private void writeFilterGradient() {
      write(out, dFilter, 0);
      if (dSkip != null) {
        dSkip.write(first, out, 0, count);
      }
    }

    void forward() {
      readFilter();
      if (transform == null) {
        for (int example = 0; example < batch; example++) {
          read(u, example * length, x);
          Arrays.fill(out, 0, length * lanes, 0);
          own.convolve(taps, x, out, length);
          write(out, y, example * length);
        }
        return;
      }
      int n = LongConvolution.frequencies(length) * lanes;
      Spectrum ofFilter = spectrum(4, n);
      Spectrum ofInput = spectrum(6, n);
      float[] work = bench.array(8, n);
      transform.forward(own, lanes, taps, length, ofFilter);
      if (spectrum != null) {
        spectrum.write(2 * n * (first / lanes), ofFilter.re(), 0, n);
        spectrum.write(2 * n * (first / lanes) + n, ofFilter.im(), 0, n);
      }
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        transform.forward(own, lanes, x, length, ofInput);
        RightAngle.multiply(ofInput, ofFilter, false, work, n);
        transform.back(own, ofInput, out, length);
        write(out, y, example * length);
      }
    }

    private Spectrum spectrum(int k, int n) {
      return new Spectrum(bench.array(k, n), bench.array(k + 1, n));
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
      float[] du = bench.array(4, length * lanes);
      Arrays.fill(out, 0, length * lanes, 0);
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        read(upstream, example * length, g);
        Arrays.fill(du, 0, length * lanes, 0);
        own.correlate(g, taps, du, length);
        own.correlate(g, x, out, length);
        write(du, y, example * length);
      }
    }

    private void backwardByTransforms() {
      int n = LongConvolution.frequencies(length) * lanes;
      Spectrum ofFilter = spectrum(4, n);
      Spectrum ofInput = spectrum(6, n);
      Spectrum ofUpstream = spectrum(8, n);
      Spectrum sum = spectrum(10, n);
      float[] work = bench.array(12, n);
      if (spectrum == null) {
        transform.forward(own, lanes, taps, length, ofFilter);
      } else {
        spectrum.read(2 * n * (first / lanes), ofFilter.re(), 0, n);
        spectrum.read(2 * n * (first / lanes) + n, ofFilter.im(), 0, n);
      }
      Arrays.fill(sum.re(), 0, n, 0);
      Arrays.fill(sum.im(), 0, n, 0);
      for (int example = 0; example < batch; example++) {
        read(u, example * length, x);
        read(upstream, example * length, g);
        transform.forward(own, lanes, x, length, ofInput);
        transform.forward(own, lanes, g, length, ofUpstream);
        RightAngle.addCorrelation(ofUpstream, ofInput, sum, work, n);
        RightAngle.multiply(ofUpstream, ofFilter, true, work, n);
        transform.back(own, ofUpstream, out, length);
        write(out, y, example * length);
      }
      transform.back(own, sum, out, length);
    }
  }
}
