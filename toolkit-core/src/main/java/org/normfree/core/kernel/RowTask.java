package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A task over rows that are divided among the threads of a team: each goes over its own block by
 * block; then what was summed over rows is put together, a sum a thread.
 */
abstract class RowTask implements Task {
  final Blocks blocks;

  private final RowLoops[] loops;
  private final List<ColumnSums> sums = new ArrayList<>();
  private final List<Floats> destinations = new ArrayList<>();

  RowTask(RowLoops loops, Blocks blocks) {
    this.loops = new RowLoops[blocks.threads()];
    Arrays.setAll(this.loops, thread -> loops.another());
    this.blocks = blocks;
  }

  /** A thread's loops. */
  final RowLoops loops(int thread) {
    return loops[thread];
  }

  /** Sums over rows; not written anywhere where the destination is null. */
  final ColumnSums sums(int columns, Tensor destination) {
    ColumnSums columnSums = new ColumnSums(columns, blocks.stride, blocks.threads());
    sums.add(columnSums);
    destinations.add(destination == null ? null : new Floats(destination));
    return columnSums;
  }

  /** An array for a row of every thread. */
  final float[][] rowOfEach() {
    return new float[blocks.threads()][blocks.stride];
  }

  /** An array for a block of every thread. */
  final float[][] blockOfEach() {
    float[][] arrays = new float[blocks.threads()][];
    for (int thread = 0; thread < arrays.length; thread++) {
      arrays[thread] = blocks.array();
    }
    return arrays;
  }

  /** What is needed before a thread's first block. */
  abstract void begin(int thread);

  /** Some rows. */
  abstract void block(int thread, int row, int count);

  @Override
  public final int phases() {
    return sums.isEmpty() ? 1 : 2;
  }

  @Override
  public final void run(int phase, int thread) {
    if (phase == 0) {
      sums.forEach(s -> s.begin(thread));
      begin(thread);
      blocks.forEach(
          thread,
          (row, count) -> {
            block(thread, row, count);
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
