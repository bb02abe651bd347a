package org.normfree.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench ops}. */
@Command(
    name = "ops",
    description =
        "DyT, DeepNorm, layer norm and RMS norm, forward alone and with backward, beside a copy."
            + " (Single ops in JMH: class OpBenchmark.)",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class OpsCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = "compiled, compiled-scalar, samediff, libtorch (default: all four)")
  private List<String> peers = List.of("compiled", "compiled-scalar", "samediff", "libtorch");

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "2048",
      description = "rows of the input (default: ${DEFAULT-VALUE})")
  private int rows = 2048;

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "768",
      description = "channels of a row (default: ${DEFAULT-VALUE})")
  private int width = 768;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    CommonOptions.require(rows >= 1, "--rows=%d, expected at least 1", rows);
    CommonOptions.require(width >= 2, "--width=%d, expected at least 2", width);
    new OpsBench(setting, results).run(peers.stream().map(Variant::named).toList(), rows, width);
  }
}
