package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * The oneDNN primitives that the tasks of one plan ask for, so that they go when the plan goes.
 * Without it a thread would keep those of plans that nobody runs any more, a quarter of a megabyte
 * each.
 */
public final class Leases implements AutoCloseable {
  private final List<Prepared> prepared = new ArrayList<>();

  /**
   * Remembers what is prepared meanwhile on this thread.
   *
   * @param preparing prepares a plan's tasks
   */
  public void during(Runnable preparing) {
    Prepared.gather(prepared, preparing);
  }

  /** Gives all of it back; the tasks are not run any more. */
  @Override
  public void close() {
    prepared.forEach(Prepared::release);
    prepared.clear();
  }
}
