package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.kernel.WinogradLoops.Transform;
import org.normfree.core.kernel.WinogradLoops.Vectors;
import org.normfree.core.kernel.WinogradTiles.Pixels;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A convolution 3×3 of stride 1 by {@link WinogradLoops}, or the gradient of its input, which is
 * one of the upstream gradient with the taps reversed: {@code Y = Aᵀ[(G·W·Gᵀ)∘(BᵀxB)]·A} for tiles
 * of 4×4 results, the sum over channels a product of two matrices for each of 36 places. A block of
 * tiles stays in the second-level cache from image to result.
 */
final class WinogradTask implements Task {
  private static final int TAPS = 3;

  // arrays of the bench
  private static final int SEEN = 0;
  private static final int IMAGES = 1;
  private static final int PRODUCTS = 2;
  private static final int WEIGHTS = 3;
  private static final int READ = 4;
  private static final int HALFWAY = 5;
  private static final int BIAS = 6;
  private static final int ONES = 7;

  private final RowLoops loops;
  private final Pixels x;
  private final Floats weights;
  private final Floats bias;
  private final Floats y;
  private final boolean reversed;
  private final WinogradTiles tiles;
  private final int threads;
  private final int in;
  private final int stride;
  private final int strideOut;

  private WinogradTask(
      RowLoops loops,
      Pixels x,
      Tensor weights,
      Tensor bias,
      Tensor y,
      boolean reversed,
      int threads) {
    this.loops = loops;
    this.x = x;
    this.weights = new Floats(weights);
    this.bias = bias == null ? null : new Floats(bias);
    this.y = new Floats(y);
    this.reversed = reversed;
    this.threads = threads;
    in = x.floats().columns;
    tiles = new WinogradTiles(y, in);
    stride = loops.stride(in);
    strideOut = loops.stride(y.columns());
  }

  /**
   * @param x [batch, height, width, in]
   * @param weights [3, 3, in, out]
   * @param bias [out] or null
   * @param y gets the result
   * @param above rows of padding
   * @param left columns of padding
   */
  static Task forward(
      RowLoops loops,
      Tensor x,
      Tensor weights,
      Tensor bias,
      Tensor y,
      int above,
      int left,
      int threads) {
    return new WinogradTask(loops, Pixels.of(x, above, left), weights, bias, y, false, threads);
  }

  /**
   * @param upstream the gradient of the result
   * @param weights of the convolution
   * @param dx gets the gradient of its input
   * @param above the convolution's rows of padding
   * @param left its columns
   */
  static Task toInput(
      RowLoops loops,
      Tensor upstream,
      Tensor weights,
      Tensor dx,
      int above,
      int left,
      int threads) {
    Pixels pixels = Pixels.of(upstream, TAPS - 1 - above, TAPS - 1 - left);
    return new WinogradTask(loops, pixels, weights, null, dx, true, threads);
  }

  @Override
  public void run(int phase, int thread) {
    int from = Task.share(tiles.runs(), thread, threads);
    int end = Task.share(tiles.runs(), thread + 1, threads);
    if (from == end) {
      return;
    }
    Workbench bench = Workbench.of(loops);
    WinogradLoops own = bench.loops().winograd();
    int between = WinogradTiles.distance(in, strideOut);
    float[] u = bench.array(WEIGHTS, WinogradTiles.MATRICES * between);
    transform(bench, own, u, between);
    int distance = tiles.distance(stride);
    int distanceOut = tiles.distance(strideOut);
    float[] v = bench.array(IMAGES, WinogradTiles.MATRICES * distance);
    float[] m = bench.array(PRODUCTS, WinogradTiles.MATRICES * distanceOut);
    float[] seen = bench.array(SEEN, tiles.floatsOfARun(Math.max(stride, strideOut)));
    for (int first = from; first < end; first += tiles.runsOfABlock()) {
      int last = Math.min(end, first + tiles.runsOfABlock());
      int rows = 0;
      for (int run = first; run < last; run++) {
        tiles.read(own, x, Transform.IMAGE, run, seen, stride, v, rows * stride, distance);
        rows += tiles.tiles(run);
      }
      for (int k = 0; k < WinogradTiles.MATRICES; k++) {
        bench
            .loops()
            .product(
                RowLoops.Operand.rows(v, k * distance, stride),
                new RowLoops.Panels(u, k * between, strideOut, bench.loops().panel()),
                RowLoops.Operand.rows(m, k * distanceOut, strideOut),
                rows,
                in,
                strideOut,
                false);
      }
      int row = 0;
      for (int run = first; run < last; run++) {
        int pixels = tiles.results(own, m, row * strideOut, distanceOut, run, seen, strideOut);
        if (bias != null) {
          addBias(bench, seen, pixels);
        }
        tiles.write(run, seen, strideOut, y);
        row += tiles.tiles(run);
      }
    }
  }

  private void addBias(Workbench bench, float[] results, int pixels) {
    float[] row = bench.filled(BIAS, strideOut, 0);
    bias.read(0, row, 0, bias.length());
    bench.loops().affine(results, pixels, strideOut, bench.filled(ONES, strideOut, 1), row);
  }

  /** {@code G·W·Gᵀ}. */
  private void transform(Workbench bench, WinogradLoops own, float[] u, int between) {
    int plane = in * strideOut;
    float[] w = bench.array(READ, TAPS * TAPS * plane);
    if (reversed) {
      readReversed(bench, w);
    } else {
      weights.read(0, weights.rows, w, strideOut);
    }
    float[] half = bench.array(HALFWAY, WinogradTiles.POINTS * TAPS * plane);
    own.multiply(
        Transform.WEIGHTS,
        new Vectors(w, 0, TAPS * plane, plane),
        new Vectors(half, 0, TAPS * plane, plane),
        TAPS,
        plane);
    own.multiply(
        Transform.WEIGHTS,
        new Vectors(half, 0, plane, TAPS * plane),
        new Vectors(u, 0, between, WinogradTiles.POINTS * between),
        WinogradTiles.POINTS,
        plane);
  }

  /** The last tap first, and the channels of the convolution's result as rows. */
  private void readReversed(Workbench bench, float[] w) {
    int out = y.columns;
    float[] read = bench.array(HALFWAY, weights.length());
    weights.read(0, read, 0, weights.length());
    Arrays.fill(w, 0, TAPS * TAPS * in * strideOut, 0);
    for (int tap = 0; tap < TAPS * TAPS; tap++) {
      int to = (TAPS * TAPS - 1 - tap) * in * strideOut;
      for (int c = 0; c < out; c++) {
        int from = (tap * out + c) * in;
        for (int o = 0; o < in; o++) {
          w[to + o * strideOut + c] = read[from + o];
        }
      }
    }
  }
}
