package org.normfree.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
}
