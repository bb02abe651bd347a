package org.normfree.benchmarks;

import java.nio.file.Path;
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

  /**
   * Measures a limit.
   *
   * @param name its word for {@link ToolkitPeer}
   * @param variant how its process is started
   * @param setting how many threads, and where its log goes
   * @return what it reports
   */
  static double[] measured(String name, Variant variant, Setting setting) {
    try (PeerProcess process =
        new PeerProcess(
            name,
            variant.command(name, Path.of("-"), setting.threads(), null),
            setting.environment(variant),
            setting.log(name))) {
      return process.ask("report");
    }
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
