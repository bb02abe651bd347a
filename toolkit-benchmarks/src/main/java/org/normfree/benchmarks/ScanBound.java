package org.normfree.benchmarks;

import java.util.List;
import org.normfree.core.kernel.Exponentials;

/** How fast exponentials are taken, which a selective scan is held against. */
final class ScanBound extends Limit {
  private static final int COUNT = 1 << 26;

  ScanBound(int threads) {
    super(threads);
  }

  /** Milliseconds of a million exponentials. */
  @Override
  public double[] report() {
    Exponentials task = new Exponentials(COUNT, threads);
    return new double[] {1e3 * 1e6 * best(1, () -> team.run(List.of(task))) / COUNT};
  }
}
