package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.normfree.core.op.ScanTerms;
import org.normfree.core.op.SelectiveScan;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * What a selective scan and its gradient share. Groups of channels, as many in a group as the loops
 * have lanes, of all examples are divided among the threads. Each thread goes over the steps in
 * chunks that stay in the second-level cache, and over its channels some at a time.
 */
abstract class ScanTask implements Task {
  static final int CHUNK = SelectiveScan.CHUNK;

  /** Most channels that are copied out of memory at a time. */
  private static final int WIDTH = 128;

  private static final float LOG2_E = 1.442695f;

  final ScanTerms terms;
  final int batch;
  final int length;
  final int channels;
  final int states;
  final int threads;
  private final RowLoops loops;
  private final Floats u;
  private final Floats delta;
  private final Floats a;
  private final Floats b;
  private final Floats c;
  private final Floats skip;
  private final Floats gate;
  private final Floats bias;

  ScanTask(ScanTerms terms, RowLoops loops, List<Tensor> inputs, int threads) {
    this.terms = terms;
    this.loops = loops;
    this.threads = threads;
    long[] shape = inputs.get(0).shape();
    batch = (int) shape[0];
    length = (int) shape[1];
    channels = (int) shape[2];
    states = inputs.get(2).columns();
    u = new Floats(inputs.get(0));
    delta = new Floats(inputs.get(1));
    a = new Floats(inputs.get(2));
    b = new Floats(inputs.get(3));
    c = new Floats(inputs.get(4));
    skip = floats(terms.skip(inputs));
    gate = floats(terms.gate(inputs));
    bias = floats(terms.bias(inputs));
  }

  static Floats floats(Tensor tensor) {
    return tensor == null ? null : new Floats(tensor);
  }

  final int chunks() {
    return SelectiveScan.chunks(length);
  }

  /**
   * A thread's channels of an example.
   *
   * @param example its number
   * @param first the first channel
   * @param count how many
   */
  record Part(int example, int first, int count) {}

  /** A thread's parts, one an example. */
  final List<Part> parts(int thread) {
    int lanes = loops.lanes();
    int groups = loops.stride(channels) / lanes;
    int end = Task.share(batch * groups, thread + 1, threads);
    List<Part> parts = new ArrayList<>();
    int group = Task.share(batch * groups, thread, threads);
    while (group < end) {
      int example = group / groups;
      int last = Math.min(end, (example + 1) * groups);
      int first = group % groups * lanes;
      int behind = Math.min(channels, (last - example * groups) * lanes);
      parts.add(new Part(example, first, behind - first));
      group = last;
    }
    return parts;
  }

  /** One thread's arrays, and the way to and from memory. */
  final class Stage {
    private final Workbench bench;
    private final int most;
    final RowLoops own;
    final ScanBlock block;
    final float[] slope;
    final float[] z;
    private final float[] row;
    private float[] biases;
    private Part part;
    private int chunk;

    Stage() {
      bench = Workbench.of(loops);
      own = bench.loops();
      block = new ScanBlock(states, own.lanes());
      most = Math.min(CHUNK, length) * own.stride(Math.min(WIDTH, channels));
      block.u = bench.array(0, most);
      block.step = bench.array(1, most);
      block.y = bench.array(2, most);
      slope = bench.array(3, most);
      z = bench.array(4, most);
      block.b = bench.array(5, CHUNK * states);
      block.c = bench.array(6, CHUNK * states);
      row = bench.array(7, own.stride(WIDTH));
    }

    /** An array that is not one of the stage's. */
    float[] array(int k, int size) {
      return bench.array(8 + k, size);
    }

    /** The same for a value a step and channel of a block. */
    float[] blockArray(int k) {
      return array(k, most);
    }

    /** The thread's next channels, before the first step. */
    void begin(Part next) {
      part = next;
      int stride = own.stride(part.count);
      block.rates = array(0, stride * states);
      block.state = array(1, stride * states);
      block.skip = vector(skip, array(2, stride), stride);
      biases = vector(bias, array(3, stride), stride);
      float[] rates = array(4, part.count * states);
      a.read(part.first * states, rates, 0, part.count * states);
      Arrays.fill(block.rates, 0, stride * states, 0);
      for (int i = 0; i < part.count * states; i++) {
        block.rates[packed(i / states, i % states)] = rates[i] * LOG2_E;
      }
      Arrays.fill(block.state, 0, stride * states, 0);
    }

    private float[] vector(Floats given, float[] values, int stride) {
      Arrays.fill(values, 0, stride, 0);
      if (given != null) {
        given.read(part.first, values, 0, part.count);
      }
      return values;
    }

    /** Where a channel's n-th number of state stands in groups of channels. */
    private int packed(int channel, int n) {
      int inGroup = channel % block.lanes;
      return (channel - inGroup) * states + n * block.lanes + inGroup;
    }

    /** Goes to a chunk of steps. */
    void chunk(int number) {
      chunk = number;
      block.steps = Math.min(CHUNK, length - number * CHUNK);
      readRows(b, block.b);
      readRows(c, block.c);
    }

    /** Number of floats of the block. */
    int size() {
      return block.steps * block.width;
    }

    private int row(int t) {
      return part.example * length + terms.position(chunk * CHUNK + t, length);
    }

    private void readRows(Floats array, float[] values) {
      for (int t = 0; t < block.steps; t++) {
        array.read(row(t) * states, values, t * states, states);
      }
    }

    /** Writes a chunk of an array [batch, length, N], or of this example's alone. */
    void writeRows(float[] values, Floats array, boolean ofThisExample) {
      int before = ofThisExample ? part.example * length : 0;
      for (int t = 0; t < block.steps; t++) {
        array.write((row(t) - before) * states, values, t * states, states);
      }
    }

    /** Goes over the channels, with u and Δ loaded, and the slope of Δ. */
    void forEachBlock(Runnable body) {
      for (int first = 0; first < part.count; first += WIDTH) {
        block.first = first;
        block.width = own.stride(Math.min(WIDTH, part.count - first));
        read(u, block.u);
        read(delta, block.step);
        if (bias != null) {
          for (int t = 0; t < block.steps; t++) {
            addRow(biases, first, block.step, t * block.width, block.width);
          }
        }
        if (terms.softplus()) {
          own.softplus(block.step, slope, size());
        }
        if (gate != null) {
          read(gate, z);
        }
        body.run();
      }
    }

    private static void addRow(float[] row, int from, float[] to, int at, int count) {
      for (int i = 0; i < count; i++) {
        to[at + i] += row[from + i];
      }
    }

    private int count() {
      return Math.min(block.width, part.count - block.first);
    }

    /** Reads the block of an array [batch, length, E]. */
    void read(Floats array, float[] values) {
      int count = count();
      for (int t = 0; t < block.steps; t++) {
        int at = t * block.width;
        array.read(row(t) * channels + part.first + block.first, values, at, count);
        Arrays.fill(values, at + count, at + block.width, 0);
      }
    }

    /** Writes the block of an array [batch, length, E]. */
    void write(float[] values, Floats array) {
      for (int t = 0; t < block.steps; t++) {
        int place = row(t) * channels + part.first + block.first;
        array.write(place, values, t * block.width, count());
      }
    }

    /** Writes the block's states to an array [examples, chunks, N, E]. */
    void saveStates(Floats array, int example) {
      for (int n = 0; n < states; n++) {
        for (int i = 0; i < block.width; i += block.lanes) {
          System.arraycopy(block.state, packed(block.first + i, n), row, i, block.lanes);
        }
        array.write(place(example, n), row, 0, count());
      }
    }

    /** Reads them back. */
    void loadStates(Floats array, int example) {
      Arrays.fill(row, 0);
      for (int n = 0; n < states; n++) {
        array.read(place(example, n), row, 0, count());
        for (int i = 0; i < block.width; i += block.lanes) {
          System.arraycopy(row, i, block.state, packed(block.first + i, n), block.lanes);
        }
      }
    }

    private int place(int example, int n) {
      int before = (example * chunks() + chunk) * states + n;
      return before * channels + part.first + block.first;
    }

    /** Adds what there is for each number of state of the block's channels to sums [E, N]. */
    void addTo(float[] values, double[] sums) {
      for (int i = 0; i < count(); i++) {
        int to = (part.first + block.first + i) * states;
        int from = packed(block.first + i, 0);
        for (int n = 0; n < states; n++) {
          sums[to + n] += values[from + n * block.lanes];
        }
      }
    }

    /** Adds what there is for each of the block's channels to sums [E]. */
    void addVectorTo(float[] values, int from, double[] sums, int at) {
      for (int i = 0; i < count(); i++) {
        sums[at + part.first + block.first + i] += values[from + i];
      }
    }
  }
}
