package org.normfree.core.task;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.normfree.core.InputException;

/**
 * Threads that go through a list of tasks together, meeting after each phase. The calling thread is
 * number 0. Nobody waits for a thread that comes late, because another process has its processor:
 * each takes the next share that nobody has taken, its own first, and a phase is over when all are
 * done; only for a share that was begun must the others wait. Each thread lets native libraries use
 * itself only: the team is the one place where work is divided, so no library's own threads spin
 * beside it.
 *
 * <p>There are never more threads than processors: a team of more does several threads' shares in
 * each, with the same numbers, as shares depend on the size of the team alone. Waiting is turns on
 * the processor first, then sleep. One caller at a time.
 */
public final class Team implements AutoCloseable {
  /** Turns on the processor before a waiting thread sleeps: at most about half a millisecond. */
  private static final int MOST_TURNS = 40_000;

  private static final int FEWEST_TURNS = 500;

  private static final int APART = 16;
  private static final long NAP_NANOS = 50_000;

  /** How often a thread that has nothing to do looks whether its team is still wanted. */
  private static final long OWNER_CHECK_NANOS = 200_000_000;

  /**
   * A run.
   *
   * @param stages what is done between meetings
   * @param first number of the first of them
   */
  private record Work(List<Schedule.Stage> stages, long first) {}

  private static final ThreadLocal<Team> OF_THIS_THREAD = new ThreadLocal<>();
  private static final ThreadLocal<Integer> SIZE =
      ThreadLocal.withInitial(() -> Runtime.getRuntime().availableProcessors());

  private final int threads;

  /** Threads that really are at work, the caller included. */
  private final int crew;

  private final Thread[] workers;

  /** How many turns each thread takes at present; a line of the cache apart. */
  private final int[] turns;

  /** The last stage of which each share was taken; a line of the cache apart. */
  private final AtomicLongArray taken;

  /** Shares of the present stage that are done. */
  private final AtomicInteger done = new AtomicInteger();

  /** Number of the present stage, counted from the first run of all. */
  private volatile long stage = 1;

  private volatile Work work = new Work(List.of(), 0);
  private volatile boolean closed;
  private volatile Throwable failure;

  /** Whose team it is: with this thread it ends, too; null if it ends when it is closed. */
  private final Thread owner;

  /**
   * Starts the threads, which end when the team is closed. Until then OpenBLAS is kept to one
   * thread in this process.
   *
   * @param threads size of the team, the caller included, at least 1
   */
  public Team(int threads) {
    this(threads, null);
    NativeLimits.ofThisProcess().hold();
  }

  private Team(int threads, Thread owner) {
    this.threads = threads;
    this.owner = owner;
    crew = Math.max(1, Math.min(threads, Runtime.getRuntime().availableProcessors()));
    workers = new Thread[crew - 1];
    taken = new AtomicLongArray(threads * APART);
    turns = new int[crew * APART];
    Arrays.fill(turns, MOST_TURNS);
    for (int i = 1; i < crew; i++) {
      int number = i;
      Thread worker = new Thread(() -> follow(number), "normfree-team-" + number);
      worker.setDaemon(true);
      workers[i - 1] = worker;
      worker.start();
    }
  }

  /**
   * How many threads the calling thread's own team has from now on. Other threads have their own
   * number, so that runs side by side may differ in it.
   *
   * @param threads at least 1
   * @throws InputException if {@code threads} is below 1
   */
  public static void size(int threads) {
    if (threads < 1) {
      throw new InputException(
          "threads is %s; expected at least 1, at most the number of cores is of use"
              .formatted(threads));
    }
    SIZE.set(threads);
  }

  /** The size that was set for the calling thread; at first the number of processors. */
  public static int size() {
    return SIZE.get();
  }

  /**
   * The calling thread's own team, for work that no plan gives a team. It ends when the thread has
   * ended.
   */
  public static Team ofThisThread() {
    Team team = OF_THIS_THREAD.get();
    int size = SIZE.get();
    if (team == null || team.threads != size) {
      if (team != null) {
        team.close();
      }
      team = new Team(size, Thread.currentThread());
      OF_THIS_THREAD.set(team);
    }
    return team;
  }

  /** Size of the team, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Does the tasks one after the other.
   *
   * @param tasks prepared for a team of this size
   * @throws IllegalStateException if the team was closed
   * @throws RuntimeException what a task threw, after all threads have stopped
   */
  public void run(List<? extends Task> tasks) {
    run(new Schedule(tasks));
  }

  /**
   * Does the tasks one after the other.
   *
   * @param schedule of tasks that were prepared for a team of this size
   * @throws IllegalStateException if the team was closed
   * @throws RuntimeException what a task threw, after all threads have stopped
   */
  public void run(Schedule schedule) {
    if (closed) {
      throw new IllegalStateException(
          "this team of %s threads was closed; make a new one".formatted(threads));
    }
    int before = NativeLimits.ofThisProcess().enter();
    try {
      failure = null;
      if (crew == 1) {
        doWhole(schedule.tasks());
      } else if (schedule.begin()) {
        takeTimes(schedule);
      } else if (schedule.tries()) {
        long start = System.nanoTime();
        go(schedule);
        schedule.tookWhole(System.nanoTime() - start);
      } else {
        go(schedule);
      }
    } finally {
      NativeLimits.ofThisProcess().leave(before);
    }
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void go(Schedule schedule) {
    if (schedule.isShared()) {
      share(schedule.stages());
    } else {
      doWhole(schedule.tasks());
    }
  }

  private void takeTimes(Schedule schedule) {
    for (int i = 0; i < schedule.tasks().size(); i++) {
      long before = System.nanoTime();
      doWhole(schedule.tasks().get(i));
      schedule.took(i, System.nanoTime() - before);
    }
    schedule.arrange();
  }

  private void doWhole(List<Task> tasks) {
    int count = tasks.size();
    for (int i = 0; i < count; i++) {
      doWhole(tasks.get(i));
    }
  }

  /** All shares of a task, by the calling thread. */
  private void doWhole(Task task) {
    int shares = task.serial() ? 1 : threads;
    int phases = task.phases();
    for (int phase = 0; phase < phases; phase++) {
      for (int share = 0; share < shares; share++) {
        doShare(task, phase, share);
      }
    }
  }

  private void doShare(Task task, int phase, int share) {
    if (failure == null) {
      try {
        task.run(phase, share);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
  }

  private void share(List<Schedule.Stage> stages) {
    Work next = new Work(stages, stage);
    work = next;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    goThrough(next, 0);
    await(0, next.first() + stages.size());
  }

  private void goThrough(Work today, int member) {
    int count = today.stages().size();
    for (int i = 0; i < count; i++) {
      long number = today.first() + i;
      await(member, number);
      if (stage == number) {
        Schedule.Stage now = today.stages().get(i);
        if (now.shared()) {
          help(now, number, member);
        } else if (member == 0) {
          doWhole(now.tasks());
          stage = number + 1;
        }
      }
    }
  }

  /**
   * Does shares that nobody has taken, one's own first, whose data may still be near. Who comes
   * late finds them done.
   */
  private void help(Schedule.Stage now, long number, int member) {
    Task task = now.tasks().get(0);
    int first = Task.share(threads, member, crew);
    for (int i = 0; i < threads; i++) {
      int share = (first + i) % threads;
      long before = taken.get(share * APART);
      if (before < number && taken.compareAndSet(share * APART, before, number)) {
        doShare(task, now.phase(), share);
        if (done.incrementAndGet() == threads) {
          done.set(0);
          stage = number + 1;
        }
      }
    }
  }

  /**
   * Returns when a stage has begun, or is over. A thread that had to sleep, because the one it
   * waits for was not given a processor, will go to sleep sooner the next time, so that teams with
   * too few processors do not starve each other.
   */
  private void await(int member, long number) {
    if (stage >= number) {
      return;
    }
    int most = turns[member * APART];
    for (int i = 0; i < most; i++) {
      if (stage >= number) {
        turns[member * APART] = Math.min(MOST_TURNS, most + most / 8);
        return;
      }
      Thread.onSpinWait();
    }
    turns[member * APART] = Math.max(FEWEST_TURNS, most / 2);
    while (stage < number) {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  private void follow(int number) {
    NativeLimits.ofThisProcess().begin();
    long last = 0;
    while (true) {
      Work today = work;
      for (int i = 0; today.first() == last && !closed; i++) {
        if (i < FEWEST_TURNS) {
          Thread.onSpinWait();
        } else if (owner == null) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, OWNER_CHECK_NANOS);
          closed |= !owner.isAlive();
        }
        today = work;
      }
      if (closed) {
        return;
      }
      goThrough(today, number);
      last = today.first();
    }
  }

  /** Ends the threads, such as are at work after what they are doing; the team cannot run again. */
  @Override
  public void close() {
    synchronized (this) {
      if (owner == null && !closed) {
        NativeLimits.ofThisProcess().release();
      }
      closed = true;
    }
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
