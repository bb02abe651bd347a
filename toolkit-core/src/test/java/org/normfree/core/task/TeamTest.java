package org.normfree.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
  private static final int PHASES = 3;
  private static final int TASKS = 20;

  /** Counts its shares; none may begin before all of the phase before have ended. */
  private static final class Counted implements Task {
    private final AtomicIntegerArray done;
    private final int threads;
    private final Set<Thread> workers;
    private final AtomicInteger early;

    Counted(int threads, Set<Thread> workers, AtomicInteger early) {
      this.threads = threads;
      this.workers = workers;
      this.early = early;
      done = new AtomicIntegerArray(PHASES * threads);
    }

    @Override
    public int phases() {
      return PHASES;
    }

    @Override
    public void run(int phase, int thread) {
      workers.add(Thread.currentThread());
      int times = done.incrementAndGet(phase * threads + thread);
      for (int t = 0; phase > 0 && t < threads; t++) {
        if (done.get((phase - 1) * threads + t) != times) {
          early.incrementAndGet();
        }
      }
    }
  }

  /** Threads beyond the processors are not started, and their shares are done all the same. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 64, 301})
  void everyShareIsDoneOnceAndPhaseByPhase(int threads) {
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    AtomicInteger early = new AtomicInteger();
    List<Counted> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(new Counted(threads, workers, early));
    }
    try (Team team = new Team(threads)) {
      team.run(tasks);
      team.run(tasks);
      assertThat(team.threads()).isEqualTo(threads);
    }
    for (Counted task : tasks) {
      for (int i = 0; i < PHASES * threads; i++) {
        assertThat(task.done.get(i)).isEqualTo(2);
      }
    }
    assertThat(early.get()).isZero();
    assertThat(workers.size())
        .isBetween(1, Math.min(threads, Runtime.getRuntime().availableProcessors()));
  }

  /** Keeps the processor for a while, so that it is worth sharing. */
  private static void work(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** Which threads do a task's shares, after its times were taken. */
  private static Set<Thread> crewOf(long nanos) {
    Set<Thread> crew = ConcurrentHashMap.newKeySet();
    Task task =
        (phase, share) -> {
          crew.add(Thread.currentThread());
          work(nanos);
        };
    Schedule schedule = new Schedule(Collections.nCopies(10, task));
    try (Team team = new Team(2)) {
      for (int run = 0; run < 10; run++) {
        team.run(schedule);
      }
      crew.clear();
      for (int run = 0; run < 200; run++) {
        team.run(schedule);
      }
    }
    return crew;
  }

  @Test
  void whatIsSmallIsDoneByOneThread() {
    assertThat(crewOf(0)).containsExactly(Thread.currentThread());
  }

  @Test
  void whatIsLargeIsShared() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor");
    assertThat(crewOf(50_000)).hasSize(2).contains(Thread.currentThread());
  }

  /** Goes through runs that take so long, shared and by one thread; how many were shared. */
  private static int sharedOf(Schedule schedule, int runs, long shared, long alone) {
    int count = 0;
    for (int run = 0; run < runs; run++) {
      if (schedule.begin()) {
        for (int task = 0; task < schedule.tasks().size(); task++) {
          schedule.took(task, alone / schedule.tasks().size());
        }
        schedule.arrange();
        continue;
      }
      count += schedule.isShared() ? 1 : 0;
      if (schedule.tries()) {
        schedule.tookWhole(schedule.isShared() ? shared : alone);
      }
    }
    return count;
  }

  @Test
  void wholeRunsAreSharedWhereThatIsFaster() {
    Schedule schedule = new Schedule(Collections.nCopies(3, (Task) (phase, share) -> {}));
    assertThat(sharedOf(schedule, 100, 100_000, 150_000)).isBetween(80, 90);
    assertThat(schedule.isShared()).isTrue();
    sharedOf(schedule, 1_000, 150_000, 100_000);
    assertThat(schedule.isShared()).as("the machine has become another").isFalse();
    assertThat(sharedOf(schedule, 10_000, 150_000, 100_000)).isBetween(1, 100);
    sharedOf(schedule, 10_000, 100_000, 150_000);
    assertThat(schedule.isShared()).isTrue();
  }

  /** Something else took the processors while the shared runs of one block were timed. */
  @Test
  void oneDisturbanceDoesNotDecide() {
    for (int first : new int[] {0, 16}) {
      Schedule schedule = new Schedule(Collections.nCopies(3, (Task) (phase, share) -> {}));
      int[] told = {0};
      for (int run = 0; run < 150; run++) {
        if (schedule.begin()) {
          continue;
        }
        if (schedule.tries()) {
          boolean disturbed = told[0] >= first && told[0] < first + 8;
          schedule.tookWhole(schedule.isShared() ? (disturbed ? 400_000 : 100_000) : 190_000);
          told[0]++;
        }
      }
      assertThat(told[0]).as("runs of the trials").isGreaterThanOrEqualTo(32);
      assertThat(schedule.isShared()).as("disturbed from %s", first).isTrue();
    }
  }

  @Test
  void longRunsAreSharedWithoutATrial() {
    Schedule schedule = new Schedule(Collections.nCopies(3, (Task) (phase, share) -> {}));
    assertThat(sharedOf(schedule, 2_000, 200_000_000, 100_000_000)).isBetween(1_990, 2_000);
  }

  /** The second thread is held up in its first share; the first does all others of the phase. */
  @Test
  void nobodyWaitsForSharesThatNobodyHasBegun() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor");
    int shares = 8;
    AtomicInteger done = new AtomicInteger();
    Task task =
        (phase, share) -> {
          if (!Thread.currentThread().getName().startsWith("normfree-team")) {
            done.incrementAndGet();
            return;
          }
          long limit = System.nanoTime() + 10_000_000_000L;
          while (done.get() < shares - 1 && System.nanoTime() < limit) {
            Thread.onSpinWait();
          }
        };
    try (Team team = new Team(shares)) {
      long before = System.nanoTime();
      team.run(List.of(task));
      assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
    }
    assertThat(done.get()).isGreaterThanOrEqualTo(shares - crew() + 1);
  }

  private static int crew() {
    return Runtime.getRuntime().availableProcessors();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void whatOneThrewIsThrown(int threads) {
    Task good = (phase, share) -> work(20_000);
    Task bad =
        (phase, share) -> {
          if (share == threads - 1) {
            throw new IllegalStateException("share " + share);
          }
        };
    try (Team team = new Team(threads)) {
      for (int run = 0; run < 20; run++) {
        assertThatThrownBy(() -> team.run(List.of(good, bad, good)))
            .hasMessage("share " + (threads - 1));
        team.run(List.of(good));
      }
    }
  }
}
