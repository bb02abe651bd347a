package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.kernel.WinogradLoops.Transform;
import org.normfree.core.kernel.WinogradLoops.Vectors;
import org.normfree.core.task.Tensor;

/**
 * How images are cut into tiles of 4×4 results of a convolution by {@link WinogradLoops}, those at
 * the lower and right border perhaps in part, and what is done to tiles on the way to products and
 * back. Neighbours in a row of tiles form runs, which share what their windows have in common; a
 * block of runs is what stays in the second-level cache.
 */
final class WinogradTiles {
  /** Results of a tile along an axis. */
  static final int SIDE = 4;

  /** Values that a tile's windows see along an axis, and products. */
  static final int POINTS = 6;

  /** Products of a tile, an element of as many matrices. */
  static final int MATRICES = POINTS * POINTS;

  /** Floats of a block's matrices, images and results together. */
  private static final int BLOCK = 40_000;

  /** Floats of what a run's windows see, so that it stays in the first-level cache. */
  private static final int RUN = 6_000;

  /** Fewest tiles of a block, which share the weights. */
  private static final int FEWEST = 8;

  /** Floats of a line of the cache. */
  private static final int LINE = 16;

  private final int batch;
  private final int height;
  private final int width;
  private final int rows;
  private final int columns;
  private final int perRun;
  private final int runsOfARow;
  private final int perBlock;

  /**
   * @param result what is cut, [batch, height, width, channels]
   * @param in channels of what the windows see
   */
  WinogradTiles(Tensor result, int in) {
    long[] shape = result.shape();
    batch = Math.toIntExact(shape[0]);
    height = Math.toIntExact(shape[1]);
    width = Math.toIntExact(shape[2]);
    rows = (height + SIDE - 1) / SIDE;
    columns = (width + SIDE - 1) / SIDE;
    int most = Math.max(FEWEST, BLOCK / (MATRICES * (in + result.columns())));
    int seen = Math.max(1, (RUN / (POINTS * in) - 2) / SIDE);
    perRun = Math.min(columns, Math.min(most, seen));
    runsOfARow = (columns + perRun - 1) / perRun;
    perBlock = most / perRun;
  }

  /** Number of runs. */
  int runs() {
    return batch * rows * runsOfARow;
  }

  /** Number of tiles. */
  long tiles() {
    return (long) batch * rows * columns;
  }

  /** Most runs of a block. */
  int runsOfABlock() {
    return perBlock;
  }

  /**
   * Floats from a block's matrix to the next, with room for the rows that products may touch beyond
   * the last; an odd number of lines, so that they do not fight for places in the cache.
   */
  int distance(int stride) {
    return distance(perBlock * perRun, stride);
  }

  /** The same for matrices of so many rows. */
  static int distance(int rows, int stride) {
    int lines = ((rows + RowLoops.ROWS_BEYOND) * stride + LINE - 1) / LINE;
    return (lines | 1) * LINE;
  }

  /** Floats of a run's results or what it sees. */
  int floatsOfARun(int stride) {
    return POINTS * (SIDE * perRun + POINTS - SIDE) * stride;
  }

  private int row(int run) {
    return run / runsOfARow % rows * SIDE;
  }

  private int column(int run) {
    return run % runsOfARow * perRun * SIDE;
  }

  private int example(int run) {
    return run / (rows * runsOfARow);
  }

  /** Tiles of a run. */
  int tiles(int run) {
    return Math.min(perRun, columns - run % runsOfARow * perRun);
  }

  /**
   * Pixels that are read or written by tiles.
   *
   * @param floats the images
   * @param height rows of an image
   * @param width columns
   * @param above rows that a tile sees above its own first one, negative for none
   * @param left columns the same way
   */
  record Pixels(Floats floats, int height, int width, int above, int left) {
    static Pixels of(Tensor images, int above, int left) {
      long[] shape = images.shape();
      return new Pixels(
          new Floats(images), Math.toIntExact(shape[1]), Math.toIntExact(shape[2]), above, left);
    }
  }

  /**
   * Reads what a run's tiles see, transforms it along both axes and appends it to matrices, a row a
   * tile.
   *
   * @param loops which does it
   * @param pixels what is read; zeros around it
   * @param transform to six values, of six or four
   * @param seen room for {@link #floatsOfARun}
   * @param stride floats of a pixel in {@code seen} and the matrices
   * @param matrices gets the rows, from {@code at} on, {@code distance} floats from matrix to
   *     matrix
   */
  void read(
      WinogradLoops loops,
      Pixels pixels,
      Transform transform,
      int run,
      float[] seen,
      int stride,
      float[] matrices,
      int at,
      int distance) {
    int tiles = tiles(run);
    int size = transform.inputs();
    int across = SIDE * (tiles - 1) + size;
    int line = across * stride;
    for (int i = 0; i < size; i++) {
      int row = row(run) - pixels.above + i;
      read(pixels, example(run), row, column(run) - pixels.left, across, seen, i * line, stride);
    }
    Vectors lines = new Vectors(seen, 0, line, 0);
    loops.multiply(transform, lines, lines, 1, line);
    for (int i = 0; i < POINTS; i++) {
      loops.multiply(
          transform,
          new Vectors(seen, i * line, stride, SIDE * stride),
          new Vectors(matrices, at + i * POINTS * distance, distance, stride),
          tiles,
          stride);
    }
  }

  private static void read(
      Pixels pixels, int example, int row, int column, int count, float[] to, int at, int stride) {
    if (row < 0 || row >= pixels.height) {
      Arrays.fill(to, at, at + count * stride, 0);
      return;
    }
    int first = Math.min(Math.max(0, -column), count);
    int last = Math.max(first, Math.min(count, pixels.width - column));
    Arrays.fill(to, at, at + first * stride, 0);
    Arrays.fill(to, at + last * stride, at + count * stride, 0);
    if (last > first) {
      int pixel = (example * pixels.height + row) * pixels.width + column + first;
      pixels.floats.read(pixel, last - first, to, at / stride + first, stride);
    }
  }

  /**
   * Transforms a run's products back along both axes.
   *
   * @param loops which does it
   * @param products matrices, {@code distance} floats from matrix to matrix, with a row a tile from
   *     {@code at} on
   * @param results gets the run's four rows of pixels; has room for {@link #floatsOfARun}
   * @param stride floats of a pixel
   * @return how many pixels
   */
  int results(
      WinogradLoops loops,
      float[] products,
      int at,
      int distance,
      int run,
      float[] results,
      int stride) {
    int tiles = tiles(run);
    int line = SIDE * tiles * stride;
    for (int i = 0; i < POINTS; i++) {
      loops.multiply(
          Transform.RESULT,
          new Vectors(products, at + i * POINTS * distance, distance, stride),
          new Vectors(results, i * line, stride, SIDE * stride),
          tiles,
          stride);
    }
    Vectors lines = new Vectors(results, 0, line, 0);
    loops.multiply(Transform.RESULT, lines, lines, 1, line);
    return SIDE * SIDE * tiles;
  }

  /** Writes a run's results, as far as they are within the images. */
  void write(int run, float[] results, int stride, Floats to) {
    int down = Math.min(SIDE, height - row(run));
    int across = Math.min(SIDE * tiles(run), width - column(run));
    for (int i = 0; i < down; i++) {
      int pixel = (example(run) * height + row(run) + i) * width + column(run);
      int from = i * SIDE * tiles(run) * stride;
      if (stride == to.columns) {
        to.write(pixel * stride, results, from, across * stride);
      } else {
        for (int j = 0; j < across; j++) {
          to.write((pixel + j) * to.columns, results, from + j * stride, to.columns);
        }
      }
    }
  }
}
