package org.normfree.benchmarks;

import java.util.List;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.core.kernel.Exponentials;
import org.normfree.core.task.Team;

/**
 * How fast exponentials are taken, in a process of its own: what a selective scan is held against.
 */
final class ScanBound implements Peer {
  private static final int COUNT = 1 << 26;
  private static final int ROUNDS = 12;
  private static final double GIGA = 1e9;

  private final Team team;
  private final Exponentials task;

  ScanBound(int threads) {
    team = new Team(threads);
    task = new Exponentials(COUNT, threads);
  }

  /** Milliseconds of a million exponentials: the fastest of some rounds. */
  @Override
  public double[] report() {
    double best = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      team.run(List.of(task));
      best = Math.min(best, (System.nanoTime() - start) / GIGA);
    }
    return new double[] {1e9 * best / COUNT};
  }

  @Override
  public double[] check(int steps) {
    return new double[0];
  }

  @Override
  public void step() {
    throw new UnsupportedOperationException("a bound has no steps");
  }

  @Override
  public void pass() {
    step();
  }

  @Override
  public void close() {
    team.close();
  }
}
