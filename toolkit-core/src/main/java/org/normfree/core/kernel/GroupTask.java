package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * What batch and group norm and their gradients share: an array seen as [examples, positions,
 * channels], the channels in groups; mean and variance of each group of each example. Rows are
 * divided into parts, as many whatever the team, and the parts' sums are added in their order.
 *
 * <p>Rows are gone through in chunks, several at a time where they are short. Where a row is no
 * number of whole vectors, the loops take a chunk for one row. Values are taken relative to a
 * pivot, the mean of some of their own group, so that a mean that is large beside the deviations
 * costs no digits.
 *
 * <p>Passes: sums of what is above the pivot, and of its squares; the same relative to the mean for
 * examples that turn out to lie far from their pivots; the results. Where the statistics are known
 * there is nothing to sum up about them, and no second pass.
 */
abstract class GroupTask implements Task {
  /** Floats of a chunk, nearly. */
  private static final int FLOATS = 2048;

  /** Floats below which a part is not worth its sums. */
  private static final int PART = 1 << 14;

  /** Most positions whose mean a pivot is. */
  private static final int SAMPLES = 16;

  /** Values that are added up in single precision, at a place. */
  private static final int SINGLE = 64;

  /** Square of the deviations that a mean may lie from its pivot. */
  private static final double FAR = 4;

  private static final int PASSES = 3;

  /** Arrays of the bench; those of the classes that extend this one follow. */
  static final int OWN_ARRAYS = 4;

  /** The pivots. */
  static final int PIVOTS = 0;

  /** In the last pass, what the mean is above it. */
  static final int OFFSETS = 1;

  /** Row of what is known that holds the scales. */
  private static final int SCALES = 2;

  private static final int VALUES = 2;
  private static final int CHANNELS = 3;

  /** Divided into examples and groups. */
  record Shape(int examples, int groups) {}

  final Floats x;
  final int channels;
  final int groups;

  /** Number of values of a group. */
  final double count;

  /** Pivots, offsets and scales of the groups of a single example, a row each; null if unknown. */
  private final Floats known;

  private final RowLoops loops;
  private final int threads;
  private final int parts;
  private final int positions;
  private final double epsilon;
  private final int tile;
  private final int width;
  private final int stride;
  private final Sums[] sums = new Sums[2];

  /** The example of each part's first row. */
  private final int[] first;

  /** How many examples each part has rows of. */
  private final int[] examples;

  /** What the first pass sums up, or the second again for examples far from their pivots. */
  private final class Sums {
    private final TiledSums above = sumsOfGroups();
    private final TiledSums squares = sumsOfGroups();
    private final float[][] pivots = new float[parts][];

    Sums() {
      Arrays.setAll(pivots, part -> new float[examples[part] * groups]);
    }
  }

  GroupTask(RowLoops loops, Tensor x, Shape shape, double epsilon, int threads) {
    this(loops, x, shape, epsilon, null, threads);
  }

  /**
   * @param known what {@link org.normfree.core.op.BatchNorm} saves; null if nothing is known
   */
  GroupTask(RowLoops loops, Tensor x, Shape shape, double epsilon, Tensor known, int threads) {
    this.known = floats(known);
    this.loops = loops;
    this.x = new Floats(x);
    this.threads = threads;
    this.epsilon = epsilon;
    channels = this.x.columns;
    groups = shape.groups;
    positions = this.x.rows / shape.examples;
    count = (double) positions * channels / groups;
    parts = DividedTask.parts(this.x.length(), PART);
    first = new int[parts];
    examples = new int[parts];
    for (int part = 0; part < parts; part++) {
      first[part] = begin(part) / positions;
      examples[part] = (end(part) - 1) / positions - first[part] + 1;
    }
    tile = Math.min(positions, Math.max(1, FLOATS / channels));
    width = tile * channels;
    stride = channels % loops.lanes() == 0 ? channels : loops.stride(width);
    Arrays.setAll(sums, set -> new Sums());
  }

  /** Sums a group of each example. */
  final TiledSums sumsOfGroups() {
    int[] groupOf = new int[stride];
    Arrays.setAll(groupOf, i -> i % channels / (channels / groups));
    int[] lengths = new int[parts];
    Arrays.setAll(lengths, part -> examples[part] * groups);
    return new TiledSums(groupOf, lengths, chunks());
  }

  /** Sums a channel. */
  final TiledSums sumsOfChannels() {
    int[] channelOf = new int[stride];
    Arrays.setAll(channelOf, i -> i % channels);
    int[] lengths = new int[parts];
    Arrays.fill(lengths, channels);
    return new TiledSums(channelOf, lengths, chunks());
  }

  private int chunks() {
    return Math.max(1, SINGLE * stride / width);
  }

  /** How many rows the loops take n values for. */
  final int rows(int n) {
    return (n + stride - 1) / stride;
  }

  /** How long the loops take a row to be. */
  final int stride() {
    return stride;
  }

  private int begin(int part) {
    return Task.share(x.rows, part, parts);
  }

  private int end(int part) {
    return Task.share(x.rows, part + 1, parts);
  }

  /** Where the cells of an example begin among a part's. */
  final int base(int part, int example) {
    return (example - first[part]) * groups;
  }

  /** The sum for a group of an example, over the parts in their order. */
  final double total(TiledSums of, int example, int group) {
    double total = 0;
    for (int part = 0; part < parts; part++) {
      int index = example - first[part];
      if (index >= 0 && index < examples[part]) {
        total += of.totals(part)[index * groups + group];
      }
    }
    return total;
  }

  /** The sums of the channels, over the parts in their order. */
  final float[] totals(TiledSums of) {
    float[] totals = new float[channels];
    for (int c = 0; c < channels; c++) {
      double total = 0;
      for (int part = 0; part < parts; part++) {
        total += of.totals(part)[c];
      }
      totals[c] = (float) total;
    }
    return totals;
  }

  /** Before a part of a pass. */
  void begins(Workbench bench, int pass, int part) {}

  /**
   * Before an example of the last pass.
   *
   * @param set number of the sums that count for it
   */
  abstract void beginsLast(Workbench bench, int set, int part, int example);

  /**
   * A chunk, in the passes that take sums.
   *
   * @param pass 0 or 1, which is the number of its sums
   * @param values as they are
   * @param index of the first one
   * @param n how many
   */
  void sum(Workbench bench, int pass, int part, int example, float[] values, int index, int n) {}

  /** After an example of such a pass. */
  void endsSum(int pass, int part, int example) {}

  /** A chunk, in the last pass; see {@link #sum}. */
  abstract void last(Workbench bench, int part, float[] values, int index, int n);

  /** After a part of the last pass. */
  void endsLast(int part) {}

  /** Whether something is left to do after all passes. */
  boolean finishes() {
    return false;
  }

  /** What that is. */
  void finish(int thread) {}

  @Override
  public final int phases() {
    return PASSES - skipped() + (finishes() ? 1 : 0);
  }

  /** Passes that are left out, behind the first. */
  private int skipped() {
    return known == null ? 0 : 1;
  }

  @Override
  public final void run(int phase, int thread) {
    int pass = phase == 0 ? 0 : phase + skipped();
    if (pass == PASSES) {
      finish(thread);
      return;
    }
    Workbench bench = Workbench.of(loops);
    int end = Task.share(parts, thread + 1, threads);
    for (int part = Task.share(parts, thread, threads); part < end; part++) {
      part(bench, pass, part);
    }
  }

  private void part(Workbench bench, int pass, int part) {
    if (pass < 2) {
      sums[pass].above.begin(part);
      sums[pass].squares.begin(part);
    }
    begins(bench, pass, part);
    int row = begin(part);
    while (row < end(part)) {
      int example = row / positions;
      int to = Math.min(end(part), (example + 1) * positions);
      if (pass == 2) {
        last(bench, part, example, row, to);
      } else if (pass == 0 || isFar(example)) {
        sum(bench, pass, part, example, row, to);
      }
      row = to;
    }
    if (pass == 2) {
      endsLast(part);
    }
  }

  private void sum(Workbench bench, int pass, int part, int example, int from, int to) {
    Sums own = sums[pass];
    int base = base(part, example);
    float[] pivots = own.pivots[part];
    if (known != null) {
      System.arraycopy(known(PIVOTS), 0, pivots, 0, groups);
    } else if (pass == 0) {
      samples(bench, example, pivots, base);
    } else {
      for (int group = 0; group < groups; group++) {
        pivots[base + group] = (float) mean(0, part, example, group);
      }
    }
    float[] pivot = pivots(bench, pass, part, example);
    for (int row = from; row < to; row += tile) {
      int n = Math.min(tile, to - row) * channels;
      float[] a = read(bench, row, n, pivot);
      if (known == null) {
        bench
            .loops()
            .moments(a, rows(n), stride, pivot, own.above.recent(part), own.squares.recent(part));
        own.above.added(part, base);
        own.squares.added(part, base);
      }
      sum(bench, pass, part, example, a, row * channels, n);
    }
    own.above.flush(part, base);
    own.squares.flush(part, base);
    if (pass == 1) {
      repair(bench, part, base, from, to, pivot);
    }
    endsSum(pass, part, example);
  }

  private void last(Workbench bench, int part, int example, int from, int to) {
    int set = isFar(example) ? 1 : 0;
    float[] pivot = pivots(bench, set, part, example);
    double[] offsets = offsets(set, example);
    ofGroups(bench, OFFSETS, group -> offsets[group]);
    beginsLast(bench, set, part, example);
    for (int row = from; row < to; row += tile) {
      int n = Math.min(tile, to - row) * channels;
      last(bench, part, read(bench, row, n, pivot), row * channels, n);
    }
  }

  /** A chunk, the last row's rest being nowhere above its pivot. */
  private float[] read(Workbench bench, int row, int n, float[] pivot) {
    float[] a = bench.array(VALUES, loops.stride(width));
    x.read(row * channels, a, 0, n);
    int rest = rows(n) * stride - n;
    System.arraycopy(pivot, stride - rest, a, n, rest);
    return a;
  }

  /** A chunk of another array of x's shape, the last row's rest being 0. */
  final float[] read(Workbench bench, int k, Floats other, int index, int n) {
    float[] values = bench.array(k, loops.stride(width));
    other.read(index, values, 0, n);
    Arrays.fill(values, n, rows(n) * stride, 0);
    return values;
  }

  /** An array; null for none. */
  static Floats floats(Tensor tensor) {
    return tensor == null ? null : new Floats(tensor);
  }

  /** Takes the pivots in the first pass: later ones may find results in the array's place. */
  private void samples(Workbench bench, int example, float[] pivots, int base) {
    float[] row = bench.array(CHANNELS, channels);
    double[] means = new double[groups];
    int each = channels / groups;
    int samples = Math.min(SAMPLES, positions);
    for (int i = 0; i < samples; i++) {
      int position = Task.share(positions, i, samples);
      x.read((example * positions + position) * channels, row, 0, channels);
      for (int c = 0; c < channels; c++) {
        means[c / each] += row[c];
      }
    }
    for (int group = 0; group < groups; group++) {
      pivots[base + group] = (float) (means[group] / ((double) samples * each));
    }
  }

  private float[] pivots(Workbench bench, int set, int part, int example) {
    int base = base(part, example);
    return ofGroups(bench, PIVOTS, group -> sums[set].pivots[part][base + group]);
  }

  /** A value a group. */
  interface OfGroup {
    double of(int group);
  }

  /** A value for each place of a row, by its group. */
  final float[] ofGroups(Workbench bench, int k, OfGroup value) {
    float[] values = bench.array(CHANNELS, channels);
    int each = channels / groups;
    for (int group = 0; group < groups; group++) {
      Arrays.fill(values, group * each, (group + 1) * each, (float) value.of(group));
    }
    return spread(values, bench, k);
  }

  /** A value for each place of a row, by its channel. */
  final float[] spread(float[] ofChannels, Workbench bench, int k) {
    float[] row = row(bench, k);
    System.arraycopy(ofChannels, 0, row, 0, channels);
    for (int filled = channels; filled < stride; filled *= 2) {
      System.arraycopy(row, 0, row, filled, Math.min(filled, stride - filled));
    }
    return row;
  }

  /** One of the rows that were filled. */
  final float[] row(Workbench bench, int k) {
    return bench.array(k, stride);
  }

  /** Takes squares again that single precision has no room for, value by value in double. */
  private void repair(Workbench bench, int part, int base, int from, int to, float[] pivot) {
    double[] totals = sums[1].squares.totals(part);
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
      float[] a = read(bench, row, n, pivot);
      for (int i = 0; i < n; i++) {
        double above = (double) a[i] - pivot[i];
        totals[base + i % channels / (channels / groups)] += above * above;
      }
    }
  }

  /** Whether the mean of a group lies so far from its pivot that its squares have lost digits. */
  private boolean isFar(int example) {
    if (known != null) {
      return false;
    }
    for (int group = 0; group < groups; group++) {
      double above = above(0, example, group);
      double variance = variance(0, example, group);
      if (!(above * above <= FAR * variance) || Double.isInfinite(variance)) {
        return true;
      }
    }
    return false;
  }

  /** What is known of the groups; see {@link #known}. */
  private float[] known(int row) {
    float[] values = new float[groups];
    known.read(row * groups, values, 0, groups);
    return values;
  }

  /** What the mean of each group is above its pivot, by a set of sums. */
  final double[] offsets(int set, int example) {
    float[] given = known == null ? null : known(OFFSETS);
    double[] offsets = new double[groups];
    Arrays.setAll(offsets, group -> given == null ? above(set, example, group) : given[group]);
    return offsets;
  }

  private double above(int set, int example, int group) {
    return total(sums[set].above, example, group) / count;
  }

  /** Mean of a group. */
  final double mean(int set, int part, int example, int group) {
    return sums[set].pivots[part][base(part, example) + group] + above(set, example, group);
  }

  /** Biased variance of a group. */
  final double variance(int set, int example, int group) {
    double above = above(set, example, group);
    return Math.max(0, total(sums[set].squares, example, group) / count - above * above);
  }

  /** {@code 1/√(variance + ε)} of each group. */
  final double[] scales(int set, int example) {
    float[] given = known == null ? null : known(SCALES);
    double[] scales = new double[groups];
    Arrays.setAll(
        scales,
        group ->
            given == null ? 1 / Math.sqrt(variance(set, example, group) + epsilon) : given[group]);
    return scales;
  }

  /** Whether a part has the first row of an example. */
  final boolean opens(int part, int example) {
    return begin(part) <= example * positions;
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
