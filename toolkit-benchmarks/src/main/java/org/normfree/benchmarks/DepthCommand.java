package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code toolkit bench depth}. */
@Command(
    name = "depth",
    description = "Depth.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DepthCommand implements Runnable {
  @Mixin private CommonOptions common;

  @Override
  public void run() {
    common.run(this::run);
  }

  void run(Setting setting, Results results) {}
}
