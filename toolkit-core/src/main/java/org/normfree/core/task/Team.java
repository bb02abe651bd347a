package org.normfree.core.task;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.normfree.core.InputException;

/**
 * Threads that go through a list of tasks together, meeting after each phase. The calling thread is
 * number 0. Each thread lets native libraries use itself only: the team is the one place where work
 * is divided, so no library's own threads spin beside it.
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

  private static final NativeLimits LIMITS = NativeLimits.ofThisProcess();

  private static final ThreadLocal<Team> OF_THIS_THREAD = new ThreadLocal<>();
  private static final ThreadLocal<Integer> SIZE =
      ThreadLocal.withInitial(() -> Runtime.getRuntime().availableProcessors());

  private final int threads;

  /** Threads that really are at work, the caller included. */
  private final int crew;

  private final Thread[] workers;

  /** How many turns each thread takes at present; a line of the cache apart. */
  private final int[] turns;

  private final AtomicInteger arrived = new AtomicInteger();
  private volatile int meeting;
  private volatile int round;
  private volatile boolean closed;
  private volatile List<? extends Task> work;
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
    LIMITS.hold();
  }

  private Team(int threads, Thread owner) {
    this.threads = threads;
    this.owner = owner;
    crew = Math.max(1, Math.min(threads, Runtime.getRuntime().availableProcessors()));
    workers = new Thread[crew - 1];
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
    if (closed) {
      throw new IllegalStateException(
          "this team of %s threads was closed; make a new one".formatted(threads));
    }
    int before = LIMITS.enter();
    try {
      runAlone(tasks);
    } finally {
      LIMITS.leave(before);
    }
  }

  private void runAlone(List<? extends Task> tasks) {
    failure = null;
    if (crew > 1) {
      work = tasks;
      int next = round + 1;
      round = next;
      for (Thread worker : workers) {
        LockSupport.unpark(worker);
      }
    }
    goThrough(tasks, 0);
    if (crew > 1) {
      meet(0);
    }
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void goThrough(List<? extends Task> tasks, int member) {
    int count = tasks.size();
    for (int i = 0; i < count; i++) {
      Task task = tasks.get(i);
      boolean serial = task.serial();
      if (!serial || member == 0) {
        int shares = serial ? 1 : threads;
        int phases = task.phases();
        for (int phase = 0; phase < phases; phase++) {
          for (int share = member; share < shares && failure == null; share += crew) {
            try {
              task.run(phase, share);
            } catch (RuntimeException | Error e) {
              failure = e;
            }
          }
          if (!serial && phase + 1 < phases) {
            meet(member);
          }
        }
      }
      boolean apart = serial && (i + 1 == count || tasks.get(i + 1).serial());
      if (!apart) {
        meet(member);
      }
    }
  }

  /** Returns when all threads are here. */
  private void meet(int member) {
    if (crew == 1) {
      return;
    }
    int now = meeting;
    if (arrived.incrementAndGet() == crew) {
      arrived.set(0);
      meeting = now + 1;
    } else {
      await(member, () -> meeting != now);
    }
  }

  private interface Condition {
    boolean holds();
  }

  /**
   * Waits. A thread that had to sleep, because the one it waits for was not given a processor, will
   * go to sleep sooner the next time, so that teams with too few processors do not starve each
   * other.
   */
  private void await(int member, Condition condition) {
    int most = turns[member * APART];
    for (int i = 0; i < most; i++) {
      if (condition.holds()) {
        turns[member * APART] = Math.min(MOST_TURNS, most + most / 8);
        return;
      }
      Thread.onSpinWait();
    }
    turns[member * APART] = Math.max(FEWEST_TURNS, most / 2);
    while (!condition.holds()) {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  private void follow(int number) {
    LIMITS.begin();
    int seen = 0;
    while (true) {
      int last = seen;
      for (int i = 0; round == last && !closed; i++) {
        if (i < FEWEST_TURNS) {
          Thread.onSpinWait();
        } else if (owner == null) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, OWNER_CHECK_NANOS);
          closed |= !owner.isAlive();
        }
      }
      if (closed) {
        return;
      }
      seen = round;
      goThrough(work, number);
      meet(number);
    }
  }

  /** Ends the threads, such as are at work after what they are doing; the team cannot run again. */
  @Override
  public void close() {
    synchronized (this) {
      if (owner == null && !closed) {
        LIMITS.release();
      }
      closed = true;
    }
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
