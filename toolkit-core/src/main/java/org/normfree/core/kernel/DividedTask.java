package org.normfree.core.kernel;

import java.util.function.IntFunction;
import org.normfree.core.task.Task;

/**
 * A task that was prepared for as many threads as its shape tells, parts of it, which the threads
 * that there are share: sums that it takes a thread are taken a part, and have the same order
 * whatever the size of the team.
 */
final class DividedTask implements Task {
  /** Most parts; each has sums of its own. */
  static final int MOST = 8;

  private final Task task;
  private final int parts;
  private final int threads;

  private DividedTask(Task task, int parts, int threads) {
    this.task = task;
    this.parts = parts;
    this.threads = threads;
  }

  /**
   * @param parts how many
   * @param threads size of the team that will run it
   * @param task prepares it for a size of a team
   */
  static Task of(int parts, int threads, IntFunction<Task> task) {
    Task prepared = task.apply(parts);
    return parts == threads ? prepared : new DividedTask(prepared, parts, threads);
  }

  /**
   * How many parts there are for so much work: a power of two, so that two threads and four have as
   * much to do each.
   *
   * @param work for example floats that are read
   * @param grain how much a part has at least
   */
  static int parts(long work, long grain) {
    return (int) Long.highestOneBit(Math.max(1, Math.min(MOST, work / grain)));
  }

  @Override
  public int phases() {
    return task.phases();
  }

  @Override
  public long scratchBytes() {
    return task.scratchBytes();
  }

  @Override
  public void place(long address) {
    task.place(address);
  }

  @Override
  public boolean serial() {
    return parts == 1;
  }

  @Override
  public void run(int phase, int thread) {
    if (parts == 1) {
      if (thread == 0) {
        task.run(phase, 0);
      }
      return;
    }
    int end = Task.share(parts, thread + 1, threads);
    for (int part = Task.share(parts, thread, threads); part < end; part++) {
      task.run(phase, part);
    }
  }
}
