package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * What batch and group norm and their gradients share: an array seen as [examples, positions,
 * channels], the channels in groups, whose rows the threads share; mean and variance of each group
 * of each example.
 *
 * <p>Rows are gone through in chunks, several at a time where they are short. Values are taken
 * relative to a pivot, a value of their own group, so that a mean that is large beside the
 * deviations costs no digits: it is at most √n deviations away, and mostly one.
 *
 * <p>Passes: sums of what is above the pivot; sums of squares; the results.
 */
abstract class GroupTask implements Task {
  private static final int FLOATS = 1024;
  private static final int PASSES = 3;

  /** Divided into examples and groups. */
  record Shape(int examples, int groups) {}

  final Floats x;
  final int channels;
  final int groups;

  /** Number of values of a group. */
  final double count;

  /** Number of floats of a chunk. */
  final int width;

  /** The group of each place of a chunk. */
  final int[] groupOf;

  /** The channel of each place of a chunk. */
  final int[] channelOf;

  private final int threads;
  private final int positions;
  private final double epsilon;
  private final int tile;
  private final TiledSums above;
  private final TiledSums squares;
  private final float[][] pivots;
  private final float[][] chunks;
  private final float[][] pivotRows;
  private final float[][] offsetRows;

  GroupTask(Tensor x, Shape shape, double epsilon, int threads) {
    this.x = new Floats(x);
    this.threads = threads;
    this.epsilon = epsilon;
    channels = this.x.columns;
    groups = shape.groups;
    positions = this.x.rows / shape.examples;
    count = (double) positions * channels / groups;
    tile = Math.min(positions, Math.max(1, FLOATS / channels));
    width = tile * channels;
    channelOf = new int[width];
    Arrays.setAll(channelOf, i -> i % channels);
    groupOf = new int[width];
    Arrays.setAll(groupOf, i -> i % channels / (channels / groups));
    above = sumsOfGroups();
    squares = sumsOfGroups();
    chunks = chunkOfEach();
    pivotRows = chunkOfEach();
    offsetRows = chunkOfEach();
    pivots = new float[threads][];
    Arrays.setAll(pivots, thread -> new float[examples(thread) * groups]);
  }

  /** A chunk of every thread. */
  final float[][] chunkOfEach() {
    return new float[threads][width];
  }

  /** Sums a group of each example. */
  final TiledSums sumsOfGroups() {
    int[] lengths = new int[threads];
    Arrays.setAll(lengths, thread -> examples(thread) * groups);
    return new TiledSums(groupOf, lengths);
  }

  /** Sums a channel. */
  final TiledSums sumsOfChannels() {
    int[] lengths = new int[threads];
    Arrays.fill(lengths, channels);
    return new TiledSums(channelOf, lengths);
  }

  private int begin(int thread) {
    return Task.share(x.rows, thread, threads);
  }

  private int end(int thread) {
    return Task.share(x.rows, thread + 1, threads);
  }

  private int first(int thread) {
    return begin(thread) / positions;
  }

  /** How many examples a thread has rows of. */
  private int examples(int thread) {
    int begin = begin(thread);
    int end = end(thread);
    return begin == end ? 0 : (end - 1) / positions - begin / positions + 1;
  }

  /** Where the cells of an example begin among a thread's. */
  final int base(int thread, int example) {
    return (example - first(thread)) * groups;
  }

  /** The sum for a group of an example, over the threads in their order. */
  final double total(TiledSums sums, int example, int group) {
    double total = 0;
    for (int thread = 0; thread < threads; thread++) {
      int index = example - first(thread);
      if (index >= 0 && index < examples(thread)) {
        total += sums.totals(thread)[index * groups + group];
      }
    }
    return total;
  }

  /** The sums of the channels, over the threads in their order. */
  final float[] totals(TiledSums sums) {
    float[] totals = new float[channels];
    for (int c = 0; c < channels; c++) {
      double total = 0;
      for (int thread = 0; thread < threads; thread++) {
        total += sums.totals(thread)[c];
      }
      totals[c] = (float) total;
    }
    return totals;
  }

  /** Before a thread's share of a pass. */
  void begins(int pass, int thread) {}

  /** Before an example, in the second and third pass. */
  void begins(int pass, int thread, int example) {}

  /**
   * A chunk, in the second and third pass.
   *
   * @param centred the values less their mean; may be changed
   * @param index of the first one
   * @param n how many
   */
  abstract void chunk(int pass, int thread, int example, float[] centred, int index, int n);

  /** After an example, in the second and third pass. */
  void ends(int pass, int thread, int example) {}

  /** After a thread's share of a pass. */
  void ends(int pass, int thread) {}

  /** What is done after all passes. */
  void finish(int thread) {}

  @Override
  public final int phases() {
    return PASSES + 1;
  }

  @Override
  public final void run(int pass, int thread) {
    if (pass == PASSES) {
      finish(thread);
      return;
    }
    if (pass < 2) {
      (pass == 0 ? above : squares).begin(thread);
    }
    begins(pass, thread);
    int end = end(thread);
    int row = begin(thread);
    while (row < end) {
      int example = row / positions;
      int last = Math.min(end, (example + 1) * positions);
      example(pass, thread, example, row, last);
      row = last;
    }
    ends(pass, thread);
  }

  private void example(int pass, int thread, int example, int from, int to) {
    int base = base(thread, example);
    if (pass == 0) {
      readPivots(thread, example);
    } else {
      begins(pass, thread, example);
    }
    prepare(pass, thread, example);
    for (int row = from; row < to; row += tile) {
      int n = Math.min(tile, to - row) * channels;
      float[] a = read(thread, row, n);
      if (pass == 0) {
        PlainLoops.add(above.recent(thread), a, n);
        above.added(thread, base);
      } else {
        if (pass == 1) {
          PlainLoops.addProduct(squares.recent(thread), a, a, n);
          squares.added(thread, base);
        }
        chunk(pass, thread, example, a, row * channels, n);
      }
    }
    if (pass == 0) {
      above.flush(thread, base);
    } else {
      if (pass == 1) {
        squares.flush(thread, base);
        repair(thread, base, from, to);
      }
      ends(pass, thread, example);
    }
  }

  private float[] read(int thread, int row, int n) {
    float[] a = chunks[thread];
    x.read(row * channels, a, 0, n);
    centre(a, pivotRows[thread], offsetRows[thread], n);
    return a;
  }

  /** {@code a ← a − pivot − offset}. */
  static void centre(float[] a, float[] pivot, float[] offset, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] - pivot[i] - offset[i];
    }
  }

  /** Takes the pivots in the first pass: later ones may find results in the array's place. */
  private void readPivots(int thread, int example) {
    float[] row = new float[channels];
    x.read(example * positions * channels, row, 0, channels);
    for (int group = 0; group < groups; group++) {
      pivots[thread][base(thread, example) + group] = row[group * (channels / groups)];
    }
  }

  private void prepare(int pass, int thread, int example) {
    int base = base(thread, example);
    float[] pivot = pivotRows[thread];
    float[] offset = offsetRows[thread];
    float[] offsets = new float[groups];
    for (int group = 0; pass > 0 && group < groups; group++) {
      offsets[group] = (float) (total(above, example, group) / count);
    }
    for (int i = 0; i < width; i++) {
      pivot[i] = pivots[thread][base + groupOf[i]];
      offset[i] = offsets[groupOf[i]];
    }
  }

  /** Takes squares again that single precision has no room for, value by value in double. */
  private void repair(int thread, int base, int from, int to) {
    double[] totals = squares.totals(thread);
    double sum = 0;
    for (int group = 0; group < groups; group++) {
      sum += totals[base + group];
    }
    if (Double.isFinite(sum)) {
      return;
    }
    Arrays.fill(totals, base, base + groups, 0);
    for (int row = from; row < to; row += tile) {
      int n = Math.min(tile, to - row) * channels;
      float[] a = read(thread, row, n);
      for (int i = 0; i < n; i++) {
        totals[base + groupOf[i]] += (double) a[i] * a[i];
      }
    }
  }

  /** Mean of a group; after the first pass. */
  final double mean(int thread, int example, int group) {
    return pivots[thread][base(thread, example) + group] + total(above, example, group) / count;
  }

  /** Biased variance of a group; after the second pass. */
  final double variance(int example, int group) {
    return total(squares, example, group) / count;
  }

  /** {@code 1/√(variance + ε)} of each group; after the second pass. */
  final double[] scales(int example) {
    double[] scales = new double[groups];
    Arrays.setAll(scales, group -> 1 / Math.sqrt(variance(example, group) + epsilon));
    return scales;
  }

  /** Whether a thread has the first row of an example. */
  final boolean opens(int thread, int example) {
    return begin(thread) <= example * positions;
  }

  /** The values of a vector [C]; what is missing is put in the place of all where it is null. */
  final float[] vector(Floats given, float missing) {
    float[] values = new float[channels];
    if (given == null) {
      Arrays.fill(values, missing);
    } else {
      given.readRow(values, channels);
    }
    return values;
  }
}
