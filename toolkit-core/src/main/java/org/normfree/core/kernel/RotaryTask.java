package org.normfree.core.kernel;

import org.normfree.core.op.Rotary;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/** {@link Rotary} row by row; sines and cosines are those of a {@link RotaryTable}. */
final class RotaryTask implements Task {
  private final RotaryTable table;
  private final float sign;
  private final Floats x;
  private final Ints positions;
  private final Floats y;
  private final int tokens;
  private final int heads;
  private final int pairs;
  private final int threads;

  RotaryTask(Rotary op, Tensor x, Tensor positions, Tensor y, int threads) {
    this.x = new Floats(x);
    this.positions = new Ints(positions);
    this.y = new Floats(y);
    tokens = (int) x.shape()[1];
    heads = op.heads();
    pairs = x.columns() / heads / 2;
    table = RotaryTable.of(op.base(), pairs);
    sign = op.back() ? -1 : 1;
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = x.columns;
    int batch = x.rows / Math.max(1, tokens);
    float[] row = new float[width];
    float[] turned = new float[width];
    int end = Task.share(tokens, thread + 1, threads);
    for (int token = Task.share(tokens, thread, threads); token < end; token++) {
      float[] angles = table.row(positions.get(token));
      for (int b = 0; b < batch; b++) {
        int at = (b * tokens + token) * width;
        x.read(at, row, 0, width);
        for (int head = 0; head < heads; head++) {
          turn(row, turned, 2 * head * pairs, angles);
        }
        y.write(at, turned, 0, width);
      }
    }
  }

  private void turn(float[] x, float[] y, int first, float[] angles) {
    int second = first + pairs;
    for (int i = 0; i < pairs; i++) {
      y[first + i] = x[first + i] * angles[i] - x[second + i] * (sign * angles[pairs + i]);
    }
    for (int i = 0; i < pairs; i++) {
      y[second + i] = x[first + i] * (sign * angles[pairs + i]) + x[second + i] * angles[i];
    }
  }
}
