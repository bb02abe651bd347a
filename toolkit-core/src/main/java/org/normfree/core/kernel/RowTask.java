package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A task over rows that are divided among the threads of a team: each goes over its own block by
 * block; then what was summed over rows is put together, a sum a thread.
 */
abstract class RowTask implements Task {
  final Blocks blocks;

  private final RowLoops loops;
  private final List<ColumnSums> sums = new ArrayList<>();
  private final List<Floats> destinations = new ArrayList<>();

  RowTask(RowLoops loops, Blocks blocks) {
    this.loops = loops;
    this.blocks = blocks;
  }

  /** Sums over rows; not written anywhere where the destination is null. */
  final ColumnSums sums(int columns, Tensor destination) {
    ColumnSums columnSums = new ColumnSums(columns, blocks.stride, blocks.threads());
    sums.add(columnSums);
    destinations.add(destination == null ? null : new Floats(destination));
    return columnSums;
  }

  /** A vector as a row: what lies behind its end is 0; a single number goes to every column. */
  final float[] row(Workbench bench, int k, Floats vector, int columns) {
    float[] row = bench.filled(k, blocks.stride, 0);
    vector.readRow(row, columns);
    return row;
  }

  /** An array for a block. */
  final float[] block(Workbench bench, int k) {
    return bench.array(k, blocks.length());
  }

  /** What is needed before a thread's first block. */
  abstract void begin(Workbench bench, int thread);

  /** Some rows. */
  abstract void block(Workbench bench, int thread, int row, int count);

  @Override
  public final int phases() {
    return sums.isEmpty() ? 1 : 2;
  }

  @Override
  public final void run(int phase, int thread) {
    if (phase == 0) {
      sums.forEach(s -> s.begin(thread));
      Workbench bench = Workbench.of(loops);
      begin(bench, thread);
      blocks.forEach(
          thread,
          (row, count) -> {
            block(bench, thread, row, count);
            sums.forEach(s -> s.added(thread, count));
          });
      sums.forEach(s -> s.flush(thread));
    } else {
      for (int i = thread; i < sums.size(); i += blocks.threads()) {
        if (destinations.get(i) != null) {
          sums.get(i).writeTo(destinations.get(i));
        }
      }
    }
  }
}
