package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code toolkit bench ops}. */
@Command(name = "ops", description = "Ops.", mixinStandardHelpOptions = true, sortOptions = false)
final class OpsCommand implements Runnable {
  @Mixin private CommonOptions common;

  @Override
  public void run() {
    common.run(this::run);
  }

  void run(Setting setting, Results results) {}
}
