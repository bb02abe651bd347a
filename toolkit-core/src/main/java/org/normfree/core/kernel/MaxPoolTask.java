package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.op.WindowAxis;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link org.normfree.core.op.MaxPool} and its gradient, images divided among the threads; all
 * channels of a pixel at a time. oneDNN's own passes over NaN.
 */
final class MaxPoolTask implements Task {
  private final WindowAxis height;
  private final WindowAxis width;
  private final int threads;
  private final int batch;
  private final int rows;
  private final int columns;
  private final int channels;
  private final int outRows;
  private final int outColumns;
  private final Floats x;

  /** Where the largest numbers go; null for the gradient. */
  private final Floats y;

  private final Floats upstream;
  private final Floats dx;

  private MaxPoolTask(
      List<WindowAxis> plane, Tensor x, Tensor y, Tensor upstream, Tensor dx, int threads) {
    height = plane.get(0);
    width = plane.get(1);
    this.threads = threads;
    batch = (int) x.shape()[0];
    rows = (int) x.shape()[1];
    columns = (int) x.shape()[2];
    channels = x.columns();
    outRows = (int) height.outputs(rows);
    outColumns = (int) width.outputs(columns);
    this.x = new Floats(x);
    this.y = y == null ? null : new Floats(y);
    this.upstream = upstream == null ? null : new Floats(upstream);
    this.dx = dx == null ? null : new Floats(dx);
  }

  static Task forward(List<WindowAxis> plane, Tensor x, Tensor y, int threads) {
    return new MaxPoolTask(plane, x, y, null, null, threads);
  }

  static Task backward(List<WindowAxis> plane, Tensor x, Tensor upstream, Tensor dx, int threads) {
    return new MaxPoolTask(plane, x, null, upstream, dx, threads);
  }

  /** Something done with what a tap of a window sees, unless that is padding. */
  private interface Tap {
    /**
     * @param tap number of the tap, row by row
     * @param at where the pixel's channels begin in x
     */
    void see(int tap, int at);
  }

  private void forEachTap(int image, int row, int column, Tap body) {
    for (int i = 0; i < height.size(); i++) {
      long r = row * height.stride() - height.before() + i * height.dilation();
      for (int j = 0; r >= 0 && r < rows && j < width.size(); j++) {
        long c = column * width.stride() - width.before() + j * width.dilation();
        if (c >= 0 && c < columns) {
          int pixel = (image * rows + (int) r) * columns + (int) c;
          body.see(i * (int) width.size() + j, pixel * channels);
        }
      }
    }
  }

  @Override
  public void run(int phase, int thread) {
    Window window = new Window();
    int end = Task.share(batch, thread + 1, threads);
    for (int image = Task.share(batch, thread, threads); image < end; image++) {
      if (y == null) {
        window.clear(image);
      }
      for (int row = 0; row < outRows; row++) {
        for (int column = 0; column < outColumns; column++) {
          int at = ((image * outRows + row) * outColumns + column) * channels;
          if (y == null) {
            window.spread(image, row, column, at);
          } else {
            window.largest(image, row, column, at);
          }
        }
      }
    }
  }

  /** A thread's arrays, and what it does with them at a window. */
  private final class Window {
    private final float[] seen = new float[channels];
    private final float[] best = new float[channels];
    private final float[] gradient = y == null ? new float[channels] : null;
    private final int[] winner = y == null ? new int[channels] : null;

    void largest(int image, int row, int column, int out) {
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
      forEachTap(
          image,
          row,
          column,
          (tap, at) -> {
            x.read(at, seen, 0, channels);
            for (int c = 0; c < seen.length; c++) {
              best[c] = Math.max(best[c], seen[c]); // NaN if either is
            }
          });
      y.write(out, best, 0, channels);
    }

    void clear(int image) {
      Arrays.fill(seen, 0);
      int pixels = rows * columns;
      for (int pixel = image * pixels; pixel < (image + 1) * pixels; pixel++) {
        dx.write(pixel * channels, seen, 0, channels);
      }
    }

    void spread(int image, int row, int column, int out) {
      Arrays.fill(winner, -1);
      forEachTap(image, row, column, this::compete);
      upstream.read(out, gradient, 0, channels);
      forEachTap(image, row, column, this::reward);
    }

    private void compete(int tap, int at) {
      x.read(at, seen, 0, channels);
      for (int c = 0; c < seen.length; c++) {
        float v = seen[c];
        boolean firstNan = Float.isNaN(v) && !Float.isNaN(best[c]);
        if (winner[c] < 0 || v > best[c] || firstNan) {
          best[c] = v;
          winner[c] = tap;
        }
      }
    }

    private void reward(int tap, int at) {
      dx.read(at, seen, 0, channels);
      for (int c = 0; c < seen.length; c++) {
        seen[c] += winner[c] == tap ? gradient[c] : 0;
      }
      dx.write(at, seen, 0, channels);
    }
  }
}
