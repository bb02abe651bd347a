package org.normfree.core.kernel;

import java.util.List;
import org.normfree.core.op.BatchNormWith;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link BatchNormWith}: rows are divided among the threads, some at a time where they are short.
 */
final class GivenNormTask implements Task {
  private static final int FLOATS = 1024;

  private final RowLoops loops;
  private final BatchNormWith op;
  private final Floats x;
  private final Floats mean;
  private final Floats variance;
  private final Floats gain;
  private final Floats bias;
  private final Floats y;
  private final int tile;
  private final int threads;

  GivenNormTask(RowLoops loops, BatchNormWith op, List<Tensor> inputs, Tensor y, int threads) {
    this.loops = loops;
    this.op = op;
    x = new Floats(inputs.get(0));
    mean = new Floats(inputs.get(1));
    variance = new Floats(inputs.get(2));
    gain = op.terms().gain() ? new Floats(op.terms().gain(inputs, 3)) : null;
    bias = op.terms().bias() ? new Floats(op.terms().bias(inputs, 3)) : null;
    this.y = new Floats(y);
    tile = Math.min(Math.max(1, x.rows), Math.max(1, FLOATS / x.columns));
    this.threads = threads;
  }

  /** What stands in the place of each value of a chunk. */
  private float[] tiled(Floats given, float missing) {
    float[] row = new float[x.columns];
    float[] values = new float[loops.stride(tile * x.columns)];
    if (given != null) {
      given.readRow(row, row.length);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = given == null ? missing : row[i % row.length];
    }
    return values;
  }

  @Override
  public void run(int phase, int thread) {
    float[] means = tiled(mean, 0);
    float[] zeros = tiled(null, 0);
    float[] factors = tiled(variance, 0);
    float[] gains = tiled(gain, 1);
    float[] biases = tiled(bias, 0);
    double epsilon = op.getTArgument(0);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (gains[i] / Math.sqrt(factors[i] + epsilon));
    }
    RowLoops own = Workbench.of(loops).loops();
    RowLoops.GroupRow values = new RowLoops.GroupRow(means, zeros, null, factors, null, biases);
    float[] a = new float[factors.length];
    int end = Task.share(x.rows, thread + 1, threads);
    for (int row = Task.share(x.rows, thread, threads); row < end; row += tile) {
      int n = Math.min(tile, end - row) * x.columns;
      x.read(row * x.columns, a, 0, n);
      own.normalize(a, null, false, 1, loops.stride(n), values);
      y.write(row * x.columns, a, 0, n);
    }
  }
}
