package org.normfree.core.kernel;

import java.util.List;
import org.normfree.core.op.Modulation;
import org.normfree.core.op.ModulationGradient;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@link Modulation} or its gradient. Threads share the rows of x where one row of scale is for all
 * of them, and put their sums together in a second phase; else they share the rows of scale, and
 * each sums the positions of its own.
 */
final class ModulationTask implements Task {
  private final RowLoops loops;
  private final boolean aroundOne;
  private final Floats x;
  private final Floats scale;
  private final Floats shift;
  private final Floats addend;
  private final Floats result;
  private final Gradient gradient;
  private final Blocks blocks;

  /** Rows of x for each row of scale. */
  private final int positions;

  /** What only the gradient has; dshift is null if there is no shift. */
  private record Gradient(
      Floats upstream, Floats dScale, Floats dShift, ColumnSums scales, ColumnSums shifts) {}

  private ModulationTask(
      RowLoops loops,
      boolean aroundOne,
      List<Tensor> inputs,
      Tensor shift,
      Tensor addend,
      Tensor result,
      int threads) {
    this.loops = loops;
    this.aroundOne = aroundOne;
    x = new Floats(inputs.get(0));
    scale = new Floats(inputs.get(1));
    this.shift = shift == null ? null : new Floats(shift);
    this.addend = addend == null ? null : new Floats(addend);
    this.result = new Floats(result);
    gradient = null;
    positions = Math.max(1, x.rows / Math.max(1, scale.rows));
    blocks = Blocks.ofRows(x.rows, x.columns, threads, loops);
  }

  private ModulationTask(
      RowLoops loops, boolean aroundOne, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    this.loops = loops;
    this.aroundOne = aroundOne;
    x = new Floats(inputs.get(0));
    scale = new Floats(inputs.get(1));
    shift = null;
    addend = null;
    result = new Floats(outputs.get(0));
    positions = Math.max(1, x.rows / Math.max(1, scale.rows));
    blocks = Blocks.ofRows(x.rows, x.columns, threads, loops);
    gradient =
        new Gradient(
            new Floats(inputs.get(2)),
            new Floats(outputs.get(1)),
            outputs.size() > 2 ? new Floats(outputs.get(2)) : null,
            new ColumnSums(x.columns, blocks.stride, threads),
            new ColumnSums(x.columns, blocks.stride, threads));
  }

  static Task forward(
      RowLoops loops, Modulation op, List<Tensor> inputs, Tensor result, int threads) {
    Tensor shift = op.hasShift() ? inputs.get(2) : null;
    Tensor addend = op.hasAddend() ? inputs.get(inputs.size() - 1) : null;
    return new ModulationTask(loops, op.aroundOne(), inputs, shift, addend, result, threads);
  }

  static Task backward(
      RowLoops loops,
      ModulationGradient op,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    return new ModulationTask(loops, op.aroundOne(), inputs, outputs, threads);
  }

  private boolean isJoint() {
    return scale.rows == 1;
  }

  @Override
  public int phases() {
    return gradient != null && isJoint() ? 2 : 1;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 1) {
      writeSums(thread);
      return;
    }
    Workbench bench = Workbench.of(loops);
    int threads = blocks.threads();
    if (isJoint()) {
      begin(thread);
      int from = Task.share(x.rows, thread, threads);
      part(bench, thread, 0, from, Task.share(x.rows, thread + 1, threads));
    } else {
      int end = Task.share(scale.rows, thread + 1, threads);
      for (int row = Task.share(scale.rows, thread, threads); row < end; row++) {
        begin(thread);
        part(bench, thread, row, row * positions, (row + 1) * positions);
        if (gradient != null) {
          gradient.scales().writeRow(thread, gradient.dScale(), row);
          if (gradient.dShift() != null) {
            gradient.shifts().writeRow(thread, gradient.dShift(), row);
          }
        }
      }
    }
  }

  private void writeSums(int thread) {
    if (thread == 0) {
      gradient.scales().writeTo(gradient.dScale());
    }
    if (thread == blocks.threads() - 1 && gradient.dShift() != null) {
      gradient.shifts().writeTo(gradient.dShift());
    }
  }

  private void begin(int thread) {
    if (gradient != null) {
      gradient.scales().begin(thread);
      gradient.shifts().begin(thread);
    }
  }

  /** Rows of x that have the same row of scale. */
  private void part(Workbench bench, int thread, int scaleRow, int from, int to) {
    int stride = blocks.stride;
    float[] factor = bench.filled(2, stride, 0);
    scale.read(scaleRow * x.columns, factor, 0, x.columns);
    if (aroundOne) {
      for (int c = 0; c < x.columns; c++) {
        factor[c] += 1;
      }
    }
    float[] shifts = bench.filled(3, stride, 0);
    if (shift != null) {
      shift.read(scaleRow * x.columns, shifts, 0, x.columns);
    }
    for (int row = from; row < to; row += blocks.count) {
      int count = Math.min(blocks.count, to - row);
      if (gradient == null) {
        forward(bench, row, count, factor, shifts);
      } else {
        backward(bench, thread, row, count, factor);
      }
    }
    if (gradient != null) {
      gradient.scales().flush(thread);
      gradient.shifts().flush(thread);
    }
  }

  private void forward(Workbench bench, int row, int count, float[] factor, float[] shifts) {
    int stride = blocks.stride;
    float[] a = bench.array(0, blocks.length());
    x.read(row, count, a, stride);
    bench.loops().affine(a, count, stride, factor, shifts);
    if (addend != null) {
      float[] more = bench.array(1, blocks.length());
      addend.read(row, count, more, stride);
      bench.loops().join(a, 1, more, count * stride);
    }
    result.write(row, count, a, stride);
  }

  private void backward(Workbench bench, int thread, int row, int count, float[] factor) {
    int stride = blocks.stride;
    float[] a = bench.array(0, blocks.length());
    float[] g = bench.array(1, blocks.length());
    x.read(row, count, a, stride);
    gradient.upstream().read(row, count, g, stride);
    bench
        .loops()
        .affineGradient(
            a,
            g,
            count,
            stride,
            factor,
            gradient.scales().recent(thread),
            gradient.shifts().recent(thread));
    gradient.scales().added(thread, count);
    gradient.shifts().added(thread, count);
    result.write(row, count, g, stride);
  }
}
