package org.normfree.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench depth}. */
@Command(
    name = "depth",
    description = "A step's time and memory against depth; start-up of a very deep network.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DepthCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Option(
      names = "--depths",
      split = ",",
      paramLabel = "N",
      description = "blocks, 0 for none (default: 12,24,48,96,192)")
  private List<Integer> depths = List.of(12, 24, 48, 96, 192);

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "residual layers of the very deep network, 0 for none (default: ${DEFAULT-VALUE})")
  private int layers = 1000;

  @Option(
      names = "--executor",
      paramLabel = "NAME",
      defaultValue = "compiled",
      description = "compiled or stock (default: ${DEFAULT-VALUE})")
  private String executor = "compiled";

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    for (int depth : depths) {
      CommonOptions.require(
          depth >= 1 || (depth == 0 && depths.size() == 1),
          "--depths has %d, expected at least 1, or 0 alone for none",
          depth);
    }
    CommonOptions.require(
        layers == 0 || layers >= 2, "--layers=%d, expected 0 or at least 2", layers);
    DepthBench bench = new DepthBench(setting, results, Variant.named(executor));
    bench.grow(depths.stream().filter(depth -> depth > 0).toList());
    if (layers > 0) {
      bench.build(layers);
    }
  }
}
