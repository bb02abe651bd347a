package org.normfree.benchmarks;

import java.util.List;
import org.normfree.benchmarks.family.VitShape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench memory}. */
@Command(
    name = "memory",
    description = "Resident memory over many steps; a plan's arena.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MemoryCommand implements Runnable {
  private static final int SETTLING = 200;

  @ParentCommand private Bench bench;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "2000",
      description = "steps over which memory is watched (default: ${DEFAULT-VALUE})")
  private int steps = 2000;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      defaultValue = "vit-64",
      description = "vit-192, vit-384, vit-64, tiny (default: ${DEFAULT-VALUE})")
  private String shape = "vit-64";

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = "compiled, compiled-bf16, stock, libtorch (default: compiled)")
  private List<String> peers = List.of("compiled");

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    CommonOptions.require(steps >= 1, "--steps=%d, expected at least 1", steps);
    new MemoryBench(setting, results)
        .run(
            shape + " pre-ln",
            VitShape.named(shape).with("pre-ln"),
            peers.stream().map(Variant::named).toList(),
            Math.min(SETTLING, steps),
            steps);
  }
}
