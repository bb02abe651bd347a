package org.normfree.core.task;

import java.util.Arrays;

/**
 * Work on fixed arrays that a team of threads shares. Every thread of the team calls {@link #run}
 * for every phase with its own number; the team meets after each phase, so a phase sees all that
 * the one before it wrote. How the work is divided among threads depends on their number alone, and
 * no sum on how it is divided, so that the results are the same bits every time, whatever the team.
 */
public interface Task {
  /** Number of phases, at least 1. */
  default int phases() {
    return 1;
  }

  /**
   * One thread's share of a phase.
   *
   * @param phase 0 to {@code phases() - 1}
   * @param thread 0 to the size of the team it was prepared for, less one
   */
  void run(int phase, int thread);

  /** Whether only thread 0 has work to do; the team then need not meet within such tasks. */
  default boolean serial() {
    return false;
  }

  /**
   * Bytes of memory that the task needs while it runs and whose content does not matter before and
   * after; 0 for none.
   */
  default long scratchBytes() {
    return 0;
  }

  /**
   * Tells where that memory lies; called before the first run, and again if it moves.
   *
   * @param address of {@link #scratchBytes} bytes, a multiple of 64
   */
  default void place(long address) {}

  /**
   * A task that thread 0 does alone.
   *
   * @param work what it does
   */
  static Task serial(Runnable work) {
    return new Task() {
      @Override
      public void run(int phase, int thread) {
        if (thread == 0) {
          work.run();
        }
      }

      @Override
      public boolean serial() {
        return true;
      }
    };
  }

  /**
   * A task that thread 0 does alone.
   *
   * @param task prepared for a team of one
   */
  static Task alone(Task task) {
    return new Task() {
      @Override
      public int phases() {
        return task.phases();
      }

      @Override
      public void run(int phase, int thread) {
        if (thread == 0) {
          task.run(phase, 0);
        }
      }

      @Override
      public boolean serial() {
        return true;
      }

      @Override
      public long scratchBytes() {
        return task.scratchBytes();
      }

      @Override
      public void place(long address) {
        task.place(address);
      }
    };
  }

  /**
   * Tasks whose threads need not meet in between: what one writes no other reads or writes. Their
   * phases go side by side.
   *
   * @param tasks what is to be done
   */
  static Task together(Task... tasks) {
    return new Task() {
      @Override
      public int phases() {
        return Arrays.stream(tasks).mapToInt(Task::phases).max().orElse(1);
      }

      @Override
      public void run(int phase, int thread) {
        for (Task task : tasks) {
          if (phase < task.phases()) {
            task.run(phase, thread);
          }
        }
      }

      @Override
      public long scratchBytes() {
        return Arrays.stream(tasks).mapToLong(task -> rounded(task.scratchBytes())).sum();
      }

      @Override
      public void place(long address) {
        long next = address;
        for (Task task : tasks) {
          task.place(next);
          next += rounded(task.scratchBytes());
        }
      }

      private static long rounded(long bytes) {
        return (bytes + 63) / 64 * 64;
      }
    };
  }

  /**
   * Start of a thread's share of {@code length} equal items, of which the share of thread {@code t}
   * is from {@code share(length, t, threads)} to {@code share(length, t + 1, threads)}.
   */
  static int share(int length, int thread, int threads) {
    return (int) ((long) length * thread / threads);
  }
}
