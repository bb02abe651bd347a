package org.normfree.core.kernel;

import org.normfree.core.op.Rotary;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/** {@link Rotary} row by row; sines and cosines are made once for each token's position. */
final class RotaryTask implements Task {
  private final Rotary op;
  private final Floats x;
  private final Ints positions;
  private final Floats y;
  private final int tokens;
  private final int heads;
  private final int pairs;
  private final int threads;

  RotaryTask(Rotary op, Tensor x, Tensor positions, Tensor y, int threads) {
    this.op = op;
    this.x = new Floats(x);
    this.positions = new Ints(positions);
    this.y = new Floats(y);
    tokens = (int) x.shape()[1];
    heads = op.heads();
    pairs = x.columns() / heads / 2;
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int width = x.columns;
    int batch = x.rows / Math.max(1, tokens);
    float[] row = new float[width];
    float[] turned = new float[width];
    float[] cos = new float[pairs];
    float[] sin = new float[pairs];
    int end = Task.share(tokens, thread + 1, threads);
    for (int token = Task.share(tokens, thread, threads); token < end; token++) {
      int position = positions.get(token);
      for (int i = 0; i < pairs; i++) {
        double angle = position * op.frequency(i, pairs);
        cos[i] = (float) StrictMath.cos(angle);
        sin[i] = (float) StrictMath.sin(angle);
      }
      for (int b = 0; b < batch; b++) {
        int at = (b * tokens + token) * width;
        x.read(at, row, 0, width);
        for (int head = 0; head < heads; head++) {
          turn(row, turned, 2 * head * pairs, cos, sin);
        }
        y.write(at, turned, 0, width);
      }
    }
  }

  private void turn(float[] x, float[] y, int first, float[] cos, float[] sin) {
    int second = first + pairs;
    for (int i = 0; i < pairs; i++) {
      y[first + i] = x[first + i] * cos[i] - x[second + i] * sin[i];
    }
    for (int i = 0; i < pairs; i++) {
      y[second + i] = x[first + i] * sin[i] + x[second + i] * cos[i];
    }
  }
}
