package org.normfree.benchmarks;

import java.util.List;
import org.normfree.core.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench sweep}. */
@Command(
    name = "sweep",
    description =
        "Whole trainings an hour, as a sweep does them: every side with as many processes and"
            + " threads as suit it best.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SweepCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = StepCommand.Names.class,
      description =
          "${COMPLETION-CANDIDATES} (default: digits-32, that of the studies' quick presets)")
  private List<String> shapes = List.of("digits-32");

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description = "pre-ln, dyt (default: both)")
  private List<String> methods = StepCommand.METHODS;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "compiled, compiled-bf16, compiled-scalar, stock, samediff, libtorch (default: compiled,"
              + " libtorch); the last one is what the others are compared with")
  private List<String> peers = List.of("compiled", "libtorch");

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "304",
      description =
          "steps of a training (default: ${DEFAULT-VALUE}, 8 epochs of the digits in batches of 32)")
  private int steps;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    if (steps < 1) {
      throw new InputException("--steps=%s, expected at least 1".formatted(steps));
    }
    StepCommand.checkMethods(methods);
    List<Variant> variants = peers.stream().map(Variant::named).distinct().toList();
    new SweepBench(setting, results, steps).run(StepCase.of(shapes, methods), variants);
  }
}
