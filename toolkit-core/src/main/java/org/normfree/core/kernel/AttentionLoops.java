package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.kernel.RowLoops.Operand;
import org.normfree.core.kernel.RowLoops.Panels;
import org.normfree.core.op.AttentionTerms;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Attention and its gradient head by head, some queries against all keys at a time: of the weights
 * no more than these rows are ever there, and the gradient computes them once more.
 *
 * <p>Keys that a mask hides are left out when keys and values are read, so what a query sees are
 * the first so many of those that are left, with a causal order and without. The heads of one
 * element of the batch are one piece of work, or some of them are, by the shapes alone: results do
 * not depend on the number of threads.
 */
final class AttentionLoops {
  /** Weights of the queries that are worked on at a time. */
  private static final int WEIGHTS = 1 << 17;

  private static final int FEWEST_QUERIES = 16;
  private static final int MOST_QUERIES = 32;

  /** Elements of the batch that are pieces enough, so that heads need not be shared out. */
  private static final int MANY = 16;

  /** Weights of a head from which on a library's way is slower. */
  private static final long FEWEST_WEIGHTS = 1 << 15;

  /** Beyond it oneDNN's products, or ND4J's, are faster than loops without vectors. */
  private static final long LONGEST_FOR_PLAIN_LOOPS = 128;

  /** Floats of queries and keys that a piece should not exceed. */
  private static final int PIECE = 1 << 17;

  private final RowLoops loops;
  private final AttentionTerms terms;
  private final int heads;
  private final int tokens;
  private final int keys;
  private final int width;

  /** Length of a head's row in products. */
  private final int padded;

  private final int queriesAtATime;

  /** Distance of rows of weights. */
  private final int apart;

  private final float scale;

  private final Workbench bench;
  private final float[] weights;
  private final float[] slopes;
  private final float[] visible;
  private final float[] noise;
  private final int[] seen;
  private final int[] upTo;

  /** Channels of the heads of a piece. */
  private int channels;

  /** Keys that are not hidden. */
  private int there;

  /** A piece as it lies in memory; gradients take the places of what is no longer needed. */
  private float[] allQ;

  private float[] allK;
  private float[] allV;
  private float[] allG;

  /** One head's. */
  private float[] q;

  private float[] k;
  private float[] v;
  private float[] g;
  private float[] dq;
  private float[] dk;
  private float[] dv;

  /** Some queries, or their gradients, as columns. */
  private float[] across;

  private AttentionLoops(Workbench bench, AttentionTerms terms, Tensor query, Tensor key) {
    this.bench = bench;
    this.terms = terms;
    loops = bench.loops();
    heads = (int) terms.heads();
    tokens = (int) query.shape()[1];
    keys = (int) key.shape()[1];
    width = query.columns() / heads;
    padded = loops.stride(width);
    scale = (float) (1 / Math.sqrt(width));
    int rows = Math.min(MOST_QUERIES, Math.max(FEWEST_QUERIES, WEIGHTS / keys));
    queriesAtATime = rows / FEWEST_QUERIES * FEWEST_QUERIES;
    apart = Math.min(queriesAtATime, loops.stride(tokens));
    weights = bench.array(9, (keys + RowLoops.ROWS_BEYOND) * apart);
    slopes = bench.array(10, (keys + RowLoops.ROWS_BEYOND) * apart);
    visible = bench.array(18, apart);
    noise = terms.noisy() ? bench.array(11, queriesAtATime * keys) : null;
    seen = new int[keys];
    upTo = new int[keys + 1];
  }

  /**
   * Attention.
   *
   * @return empty for arrays that these loops do not know, and where they would be slow
   */
  static Optional<Task> forward(RowLoops loops, AttentionTerms terms, Preparations.Arrays in) {
    return in.when(suits(loops, in), () -> task(loops, AttentionLoops::forward, terms, in));
  }

  /** Its gradient, or empty in the same way. */
  static Optional<Task> backward(RowLoops loops, AttentionTerms terms, Preparations.Arrays in) {
    return in.when(suits(loops, in), () -> task(loops, AttentionLoops::backward, terms, in));
  }

  /**
   * Whether they are faster than products of a library and its softmax, as measured: these keep all
   * weights of an element in between and compute those of keys that nobody sees, but share their
   * weights with the gradient where there are few.
   */
  static boolean areFaster(RowLoops loops, AttentionTerms terms, Preparations.Arrays in) {
    long tokens = in.input(0).shape()[1];
    long keys = in.input(1).shape()[1];
    return loops.lanes() > 1
        && !terms.keepsWeights(tokens, keys)
        && tokens * keys >= FEWEST_WEIGHTS;
  }

  private static boolean suits(RowLoops loops, Preparations.Arrays in) {
    long longest = Math.max(in.input(0).shape()[1], in.input(1).shape()[1]);
    return Floating.all(in.inputs(), in.outputs())
        && Stream.concat(in.inputs().stream(), in.outputs().stream())
            .allMatch(tensor -> tensor.length() <= Floats.MOST)
        && (loops.lanes() > 1 || longest <= LONGEST_FOR_PLAIN_LOOPS);
  }

  /** What is done for some heads of one element of the batch. */
  private interface Piece {
    void run(AttentionLoops loops, Floats[] inputs, Floats[] outputs, int batch, int from, int to);
  }

  private static Task task(
      RowLoops loops, Piece piece, AttentionTerms terms, Preparations.Arrays arrays) {
    Tensor query = arrays.input(0);
    Tensor key = arrays.input(1);
    int threads = arrays.threads();
    Floats[] in = arrays.inputs().stream().map(Floats::new).toArray(Floats[]::new);
    Floats[] out = arrays.outputs().stream().map(Floats::new).toArray(Floats[]::new);
    int batch = (int) query.shape()[0];
    int heads = (int) terms.heads();
    long floats = (query.shape()[1] + key.shape()[1]) * query.columns();
    int groups = (int) Math.min(heads, Math.max((MANY + batch - 1) / batch, floats / PIECE));
    int pieces = batch * groups;
    return (phase, thread) -> {
      int end = Task.share(pieces, thread + 1, threads);
      int first = Task.share(pieces, thread, threads);
      if (first < end) {
        AttentionLoops mine = new AttentionLoops(Workbench.of(loops), terms, query, key);
        for (int i = first; i < end; i++) {
          int from = Task.share(heads, i % groups, groups);
          int to = Task.share(heads, i % groups + 1, groups);
          piece.run(mine, in, out, i / groups, from, to);
        }
      }
    };
  }

  private void forward(Floats[] inputs, Floats[] outputs, int batch, int from, int to) {
    begin(inputs, batch, from, to);
    readQueries(inputs[0], batch, from, allQ);
    readKeys(inputs[1], batch, from, allK);
    readKeys(inputs[2], batch, from, allV);
    for (int head = from; head < to; head++) {
      int at = (head - from) * width;
      gather(allK, at, there, k);
      gather(allV, at, there, v);
      for (int i = 0; i < tokens; i += queriesAtATime) {
        int rows = Math.min(queriesAtATime, tokens - i);
        int count = visible(i, rows);
        computeWeights(at, i, rows, count);
        if (terms.noisy()) {
          readNoise(inputs[terms.noise()], batch, head, i, rows);
          drop(weights, rows, count);
        }
        if (outputs.length > 1) {
          keep(outputs[1], batch, head, i, rows);
        }
        loops.product(
            of(weights).transposed(), panels(v, 0), of(dq, i), rows, count, padded, false);
      }
      scatter(dq, at, tokens, allQ);
    }
    writeQueries(outputs[0], batch, from, allQ);
  }

  private void backward(Floats[] inputs, Floats[] outputs, int batch, int from, int to) {
    begin(inputs, batch, from, to);
    readQueries(inputs[0], batch, from, allQ);
    readKeys(inputs[1], batch, from, allK);
    readKeys(inputs[2], batch, from, allV);
    readQueries(inputs[terms.inputs()], batch, from, allG);
    for (int head = from; head < to; head++) {
      int at = (head - from) * width;
      gather(allQ, at, tokens, q);
      gather(allK, at, there, k);
      gather(allV, at, there, v);
      gather(allG, at, tokens, g);
      Arrays.fill(dk, 0, there * padded, 0);
      Arrays.fill(dv, 0, there * padded, 0);
      for (int i = 0; i < tokens; i += queriesAtATime) {
        int rows = Math.min(queriesAtATime, tokens - i);
        int count = visible(i, rows);
        int columns = loops.stride(rows);
        computeWeights(at, i, rows, count);
        loops.transpose(allG, i * channels + at, channels, rows, width, across);
        loops.product(of(v, 0), across(), of(slopes), count, width, columns, false);
        clearBehind(slopes, count);
        if (terms.noisy()) {
          readNoise(inputs[terms.noise()], batch, head, i, rows);
          drop(slopes, rows, count);
        }
        loops.softmaxGradient(weights, slopes, apart, count, columns, scale);
        loops.product(of(slopes).transposed(), panels(k, 0), of(dq, i), rows, count, padded, false);
        loops.product(of(slopes), panels(q, i), of(dk, 0), count, rows, padded, true);
        if (terms.noisy()) {
          drop(weights, rows, count);
        }
        loops.product(of(weights), panels(g, i), of(dv, 0), count, rows, padded, true);
      }
      scatter(dq, at, tokens, allQ);
      scatter(dk, at, there, allK);
      scatter(dv, at, there, allV);
    }
    writeQueries(outputs[0], batch, from, allQ);
    writeKeys(outputs[1], batch, from, allK);
    writeKeys(outputs[2], batch, from, allV);
  }

  /** Which channels and keys a piece has to do with, and the arrays for it. */
  private void begin(Floats[] inputs, int batch, int from, int to) {
    channels = (to - from) * width;
    there = 0;
    if (terms.masked()) {
      float[] mask = bench.array(12, keys);
      inputs[terms.mask()].read(batch * keys, mask, 0, keys);
      for (int key = 0; key < keys; key++) {
        if (mask[key] != 0) {
          seen[there++] = key;
        }
        upTo[key + 1] = there;
      }
    } else {
      there = keys;
    }
    allQ = bench.array(14, tokens * channels);
    allK = bench.array(15, there * channels);
    allV = bench.array(16, there * channels);
    allG = bench.array(17, tokens * channels);
    q = bench.array(0, rowsOf(tokens));
    k = bench.array(1, rowsOf(there));
    v = bench.array(2, rowsOf(there));
    g = bench.array(3, rowsOf(tokens));
    dq = bench.array(4, rowsOf(tokens));
    dk = bench.array(5, rowsOf(there));
    dv = bench.array(6, rowsOf(there));
    across = bench.array(7, (apart + loops.panel()) * width);
  }

  private Operand of(float[] weights) {
    return new Operand(weights, 0, apart, 1);
  }

  private Operand of(float[] rows, int first) {
    return new Operand(rows, first * padded, padded, 1);
  }

  private Panels panels(float[] rows, int first) {
    return new Panels(rows, first * padded, padded, loops.panel());
  }

  private Panels across() {
    return new Panels(across, 0, loops.panel(), loops.panel() * width);
  }

  /**
   * Finds out how many of the keys that are there some queries see.
   *
   * @return the largest number
   */
  private int visible(int first, int rows) {
    int most = 0;
    for (int r = 0; r < rows; r++) {
      int count = there;
      if (terms.causal()) {
        int before = Math.max(0, Math.min(keys, first + r + keys - tokens + 1));
        count = terms.masked() ? upTo[before] : before;
      }
      visible[r] = count;
      most = Math.max(most, count);
    }
    Arrays.fill(visible, rows, loops.stride(rows), most);
    return most;
  }

  /** {@code weights = softmax(k·qᵀ·scale)} down the columns, a column a query. */
  private void computeWeights(int at, int i, int rows, int count) {
    int columns = loops.stride(rows);
    loops.transpose(allQ, i * channels + at, channels, rows, width, across);
    loops.product(of(k, 0), across(), of(weights), count, width, columns, false);
    loops.softmax(weights, apart, count, columns, visible, scale);
    clearBehind(weights, count);
  }

  /**
   * What a product may read behind the last row would otherwise be added to keys that are there.
   */
  private void clearBehind(float[] columns, int count) {
    Arrays.fill(columns, count * apart, (count + RowLoops.ROWS_BEYOND) * apart, 0);
  }

  /** Floats of so many rows of a head and those that a product may touch behind them. */
  private int rowsOf(int count) {
    return (count + RowLoops.ROWS_BEYOND + 1) * padded;
  }

  /** One head's columns as rows of their own, whose ends are 0. */
  private void gather(float[] all, int at, int rows, float[] head) {
    for (int r = 0; r < rows; r++) {
      int from = r * channels + at;
      int to = r * padded;
      System.arraycopy(all, from, head, to, width);
      for (int c = width; c < padded; c++) {
        head[to + c] = 0;
      }
    }
  }

  private void scatter(float[] head, int at, int rows, float[] all) {
    for (int r = 0; r < rows; r++) {
      int from = r * padded;
      int to = r * channels + at;
      System.arraycopy(head, from, all, to, width);
    }
  }

  private void readQueries(Floats array, int batch, int from, float[] rows) {
    readRows(array, batch * tokens, tokens, from, rows);
  }

  private void readKeys(Floats array, int batch, int from, float[] rows) {
    if (terms.masked()) {
      for (int i = 0; i < there; i++) {
        int index = (batch * keys + seen[i]) * array.columns + from * width;
        array.read(index, rows, i * channels, channels);
      }
    } else {
      readRows(array, batch * keys, keys, from, rows);
    }
  }

  private void readRows(Floats array, int first, int count, int from, float[] rows) {
    if (channels == array.columns) {
      array.read(first * channels, rows, 0, count * channels);
    } else {
      for (int i = 0; i < count; i++) {
        array.read((first + i) * array.columns + from * width, rows, i * channels, channels);
      }
    }
  }

  private void writeQueries(Floats array, int batch, int from, float[] rows) {
    writeRows(array, batch * tokens, tokens, from, rows);
  }

  private void writeKeys(Floats array, int batch, int from, float[] rows) {
    if (terms.masked()) {
      float[] nothing = bench.filled(13, channels, 0);
      int next = 0;
      for (int key = 0; key < keys; key++) {
        boolean hidden = next == there || seen[next] != key;
        int index = (batch * keys + key) * array.columns + from * width;
        array.write(index, hidden ? nothing : rows, hidden ? 0 : next++ * channels, channels);
      }
    } else {
      writeRows(array, batch * keys, keys, from, rows);
    }
  }

  private void writeRows(Floats array, int first, int count, int from, float[] rows) {
    if (channels == array.columns) {
      array.write(first * channels, rows, 0, count * channels);
    } else {
      for (int i = 0; i < count; i++) {
        array.write((first + i) * array.columns + from * width, rows, i * channels, channels);
      }
    }
  }

  /** The noise of some queries, of the keys that are there. */
  private void readNoise(Floats array, int batch, int head, int i, int rows) {
    array.read(((batch * heads + head) * tokens + i) * keys, noise, 0, rows * keys);
    if (terms.masked()) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < there; j++) { // in order, so nothing is overwritten before it is read
          noise[r * keys + j] = noise[r * keys + seen[j]];
        }
      }
    }
  }

  /** Writes the weights of some queries, all of whose keys are there. */
  private void keep(Floats kept, int batch, int head, int i, int rows) {
    float[] row = bench.array(12, keys);
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < keys; j++) {
        row[j] = weights[j * apart + r];
      }
      kept.write(((batch * heads + head) * tokens + i + r) * keys, row, 0, keys);
    }
  }

  /** {@code array ← array∘noiseᵀ}. */
  private void drop(float[] array, int rows, int count) {
    for (int j = 0; j < count; j++) {
      for (int r = 0; r < rows; r++) {
        array[j * apart + r] *= noise[r * keys + j];
      }
    }
  }
}
