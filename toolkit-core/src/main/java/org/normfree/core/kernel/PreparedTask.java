package org.normfree.core.kernel;

import java.util.function.IntFunction;
import org.normfree.core.task.Task;

/** A task of one phase in which every thread runs a primitive of its own, or has nothing to do. */
final class PreparedTask implements Task {
  private final Prepared[] shares;

  /**
   * @param threads size of the team
   * @param share prepares a thread's share; null for none
   */
  PreparedTask(int threads, IntFunction<Prepared> share) {
    shares = new Prepared[threads];
    for (int thread = 0; thread < threads; thread++) {
      shares[thread] = share.apply(thread);
    }
  }

  @Override
  public void run(int phase, int thread) {
    Prepared share = shares[thread];
    if (share != null) {
      share.run();
    }
  }
}
