package org.normfree.core.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tasks in the order in which a {@link Team} does them, again and again, and which of them are
 * worth sharing. A small one takes less time than it takes other threads to see that it is there,
 * so one thread does it whole, and small ones that follow each other without a meeting in between.
 * What is small is measured: now and then a run is done by one thread, and the shortest time of
 * each task counts. Where handing data from core to core costs more than a second thread gains,
 * sharing nothing is faster still, which no single task can tell: some short runs later, whole runs
 * that are shared are timed beside runs by one thread, twice, and one thread does it all until the
 * next such trial if it was faster both times: once may be a disturbance. Shares stay as they were
 * prepared, so no bit depends on what was measured.
 */
public final class Schedule {
  /**
   * A task that one thread does in less is not shared, in nanoseconds: handing its data over and
   * finding that all are done takes a few thousand, and beside other work a meeting costs more the
   * more of them there are.
   */
  private static final long GRAIN_NANOS = 20_000;

  /** Runs by one thread, of which the times are taken; Java compiles loops in between. */
  private static final List<Integer> TIMED_RUNS = List.of(3, 10, 30, 100, 300, 1_000);

  /** The first run of the first trial; as many runs lie behind it, and twice as many each time. */
  private static final int FIRST_TRIAL = 40;

  private static final int LONGEST_GAP = 5_000;

  /** Blocks of a trial: shared, by one thread, shared, by one thread. */
  private static final int BLOCKS = 4;

  /** Runs of a block, the first of which does not count. */
  private static final int BLOCK_RUNS = 8;

  /**
   * A run that one thread does in more is not tried: its tasks are long, and its trial would be.
   */
  private static final long LONGEST_TRIED_NANOS = 30_000_000;

  /**
   * What threads do between two meetings.
   *
   * @param tasks one, or several that one thread does one after the other
   * @param phase of the one task
   * @param shared whether its shares may go to several threads
   */
  record Stage(List<Task> tasks, int phase, boolean shared) {}

  private final List<Task> tasks;
  private final long[] nanos;
  private List<Stage> stages;
  private boolean shared;

  /** Whether whole runs are worth a trial: something is shared, and they are short. */
  private boolean triable;

  private int runs;

  /** Whether it is faster if what is worth sharing is shared. */
  private boolean pays = true;

  private final long[] whole = new long[BLOCKS * BLOCK_RUNS];
  private int tried = whole.length;
  private int nextTrial = FIRST_TRIAL;
  private int gap = FIRST_TRIAL;

  /**
   * @param tasks in order
   */
  public Schedule(List<? extends Task> tasks) {
    this.tasks = List.copyOf(tasks);
    nanos = new long[tasks.size()];
    Arrays.fill(nanos, Long.MAX_VALUE);
    arrange();
  }

  /** The tasks, in order. */
  List<Task> tasks() {
    return tasks;
  }

  /** What is done between meetings, in order. */
  List<Stage> stages() {
    return stages;
  }

  /** Whether more than one thread has something to do in the run that began. */
  boolean isShared() {
    return shared && (tried < whole.length ? tried / BLOCK_RUNS % 2 == 0 : pays);
  }

  /** Whether the run that begins is one to take times of its tasks. */
  boolean begin() {
    runs++;
    if (tried == whole.length && runs >= nextTrial && triable) {
      tried = 0;
    }
    return tried == whole.length && TIMED_RUNS.contains(runs);
  }

  /** Whether it is to be told how long the run that began takes. */
  boolean tries() {
    return tried < whole.length;
  }

  /**
   * Tells how long a whole run took, in a trial.
   *
   * @param time in nanoseconds
   */
  void tookWhole(long time) {
    whole[tried++] = time;
    if (tried == whole.length) {
      pays = median(0) < median(1) || median(2) < median(3);
      gap = Math.min(LONGEST_GAP, 2 * gap);
      nextTrial = runs + gap;
    }
  }

  private long median(int block) {
    int first = block * BLOCK_RUNS;
    long[] some = Arrays.copyOfRange(whole, first + 1, first + BLOCK_RUNS);
    Arrays.sort(some);
    return some[some.length / 2];
  }

  /**
   * Tells how long one thread took.
   *
   * @param task number of the task
   * @param time in nanoseconds
   */
  void took(int task, long time) {
    nanos[task] = Math.min(nanos[task], time);
  }

  /** Decides anew what is shared. */
  void arrange() {
    List<Stage> next = new ArrayList<>();
    List<Task> alone = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      Task task = tasks.get(i);
      if (task.serial() || nanos[i] < GRAIN_NANOS) {
        alone.add(task);
        continue;
      }
      if (!alone.isEmpty()) {
        next.add(new Stage(List.copyOf(alone), 0, false));
        alone.clear();
      }
      for (int phase = 0; phase < task.phases(); phase++) {
        next.add(new Stage(List.of(task), phase, true));
      }
    }
    shared = !next.isEmpty();
    long known = Arrays.stream(nanos).filter(time -> time < Long.MAX_VALUE).sum();
    triable = shared && known < LONGEST_TRIED_NANOS;
    if (!alone.isEmpty()) {
      next.add(new Stage(List.copyOf(alone), 0, false));
    }
    stages = List.copyOf(next);
  }
}
