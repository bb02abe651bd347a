package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench optimizer}. */
@Command(
    name = "optimizer",
    description = "What steps that adapt and masks add to a training step.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class OptimizerCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    new OptimizerBench(setting, results).run();
  }
}
