package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench augment}. */
@Command(
    name = "augment",
    description = "Images of 32×32×3 that one core varies in a second.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AugmentCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    new AugmentBench(setting, results).run();
  }
}
