package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code toolkit bench memory}. */
@Command(
    name = "memory",
    description = "Memory.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MemoryCommand implements Runnable {
  @Mixin private CommonOptions common;

  @Override
  public void run() {
    common.run(this::run);
  }

  void run(Setting setting, Results results) {}
}
