package org.normfree.benchmarks;

import org.normfree.benchmarks.peer.Peer;
import org.normfree.core.task.Team;

/** What a machine can do at most, measured by {@link #report} in a process of its own. */
abstract class Limit implements Peer {
  static final double GIGA = 1e9;

  private static final int REPEATS = 7;

  final int threads;
  final Team team;

  Limit(int threads) {
    this.threads = threads;
    team = new Team(threads);
  }

  /** Seconds of a call: the fastest of some rounds after the first. */
  static double best(int calls, Runnable call) {
    double best = Double.POSITIVE_INFINITY;
    for (int round = 0; round <= REPEATS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        call.run();
      }
      if (round > 0) {
        best = Math.min(best, (System.nanoTime() - start) / GIGA / calls);
      }
    }
    return best;
  }

  @Override
  public final double[] check(int steps) {
    return new double[0];
  }

  @Override
  public final void step() {
    throw new UnsupportedOperationException("a limit has no steps");
  }

  @Override
  public final void pass() {
    step();
  }

  @Override
  public final void close() {
    team.close();
  }
}
