package org.normfree.core.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.kernel.WinogradLoops.Transform;
import org.normfree.core.kernel.WinogradLoops.Vectors;
import org.normfree.core.kernel.WinogradTiles.Pixels;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The gradient of the weights of a convolution by {@link WinogradLoops}: {@code dW = Gᵀ·dU·G} with
 * {@code dU = Σ_tiles (BᵀxB)∘(A·g·Aᵀ)}, a product of two matrices for each of 36 places. Parts of
 * the tiles, as many whatever the team, are gone over by blocks that stay in the second-level
 * cache; their gradients are added in the order of the parts.
 */
final class WinogradWeightTask implements Task {
  /** Fewest tiles of a part, beside which its own gradient is little. */
  private static final int FEWEST = 64;

  /** Elements that are summed at a time. */
  private static final int SUMMED = 4096;

  // arrays of the bench
  private static final int SEEN = 0;
  private static final int IMAGES = 1;
  private static final int UPSTREAMS = 2;
  private static final int GRADIENT = 3;
  private static final int HALFWAY = 4;

  private final RowLoops loops;
  private final Pixels x;
  private final Pixels upstream;
  private final Floats result;
  private final WinogradTiles tiles;
  private final int threads;
  private final int parts;
  private final int in;
  private final int stride;
  private final int strideOut;
  private Floats partial;

  /**
   * @param x the images
   * @param upstream the gradient of the results, which are cut into tiles
   * @param result [3, 3, channels of x, channels of the results]
   * @param above rows of padding
   * @param left columns of padding
   */
  WinogradWeightTask(
      RowLoops loops, Tensor x, Tensor upstream, Tensor result, int above, int left, int threads) {
    this.loops = loops;
    this.x = Pixels.of(x, above, left);
    this.upstream = Pixels.of(upstream, 0, 0);
    this.result = new Floats(result);
    this.threads = threads;
    in = x.columns();
    tiles = new WinogradTiles(upstream, in);
    parts = DividedTask.parts(tiles.tiles(), FEWEST);
    stride = loops.stride(in);
    strideOut = loops.stride(upstream.columns());
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return (long) parts * result.length() * Float.BYTES;
  }

  @Override
  public void place(long address) {
    partial =
        new Floats(new Tensor(address, DataType.FLOAT, (long) parts * result.rows, result.columns));
  }

  @Override
  public void run(int phase, int thread) {
    Workbench bench = Workbench.of(loops);
    if (phase == 0) {
      int end = Task.share(parts, thread + 1, threads);
      for (int part = Task.share(parts, thread, threads); part < end; part++) {
        part(bench, part);
      }
    } else {
      int end = Task.share(result.length(), thread + 1, threads);
      for (int at = Task.share(result.length(), thread, threads); at < end; at += SUMMED) {
        sum(bench, at, Math.min(SUMMED, end - at));
      }
    }
  }

  private void part(Workbench bench, int part) {
    WinogradLoops own = bench.loops().winograd();
    int between = WinogradTiles.distance(in, strideOut);
    int distance = tiles.distance(stride);
    int distanceOut = tiles.distance(strideOut);
    float[] u = bench.array(GRADIENT, WinogradTiles.MATRICES * between);
    float[] v = bench.array(IMAGES, WinogradTiles.MATRICES * distance);
    float[] m = bench.array(UPSTREAMS, WinogradTiles.MATRICES * distanceOut);
    float[] seen = bench.array(SEEN, tiles.floatsOfARun(Math.max(stride, strideOut)));
    int from = Task.share(tiles.runs(), part, parts);
    int end = Task.share(tiles.runs(), part + 1, parts);
    for (int first = from; first < end; first += tiles.runsOfABlock()) {
      int last = Math.min(end, first + tiles.runsOfABlock());
      int summed = 0;
      for (int run = first; run < last; run++) {
        tiles.read(own, x, Transform.IMAGE, run, seen, stride, v, summed * stride, distance);
        tiles.read(
            own,
            upstream,
            Transform.UPSTREAM,
            run,
            seen,
            strideOut,
            m,
            summed * strideOut,
            distanceOut);
        summed += tiles.tiles(run);
      }
      for (int k = 0; k < WinogradTiles.MATRICES; k++) {
        bench
            .loops()
            .product(
                new RowLoops.Operand(v, k * distance, 1, stride),
                new RowLoops.Panels(m, k * distanceOut, strideOut, bench.loops().panel()),
                RowLoops.Operand.rows(u, k * between, strideOut),
                in,
                summed,
                strideOut,
                first > from);
      }
    }
    int plane = in * strideOut;
    int taps = Transform.WEIGHT_GRADIENT.outputs();
    float[] half = bench.array(HALFWAY, WinogradTiles.POINTS * taps * plane);
    own.multiply(
        Transform.WEIGHT_GRADIENT,
        new Vectors(u, 0, between, WinogradTiles.POINTS * between),
        new Vectors(half, 0, plane, taps * plane),
        WinogradTiles.POINTS,
        plane);
    Vectors lines = new Vectors(half, 0, taps * plane, plane);
    own.multiply(Transform.WEIGHT_GRADIENT, lines, lines, taps, plane);
    for (int row = 0; row < result.rows; row++) {
      partial.write(
          (part * result.rows + row) * result.columns, half, row * strideOut, result.columns);
    }
  }

  private void sum(Workbench bench, int at, int n) {
    float[] sums = bench.array(GRADIENT, n);
    float[] more = bench.array(HALFWAY, n);
    partial.read(at, sums, 0, n);
    for (int part = 1; part < parts; part++) {
      partial.read(part * result.length() + at, more, 0, n);
      PlainLoops.add(sums, more, n);
    }
    result.write(at, sums, 0, n);
  }
}
