package org.normfree.benchmarks;

import java.util.Iterator;
import java.util.List;
import org.normfree.core.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench step}. */
@Command(
    name = "step",
    description =
        "Training steps of vision networks and a language model, after a check that all sides"
            + " agree.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StepCommand implements Runnable {
  /** Those that all sides have. */
  static final List<String> METHODS = List.of("pre-ln", "dyt");

  /** Names of the networks, for help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return StepCase.names().iterator();
    }
  }

  @ParentCommand private Bench bench;

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description =
          "${COMPLETION-CANDIDATES} (default: all but the tiny ones, which are only good for a test)")
  private List<String> shapes = StepCase.usual();

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description =
          "pre-ln, dyt (default: both); pre-ln stands for a family's usual norm, which is batch norm"
              + " in ResNets, and RMSNorm, always, in language models")
  private List<String> methods = METHODS;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "compiled, compiled-bf16, compiled-scalar, stock, samediff, libtorch (default: compiled,"
              + " stock, samediff, libtorch; compiled alone where several --threads are compared)")
  private List<String> peers;

  @Override
  public void run() {
    List<Integer> teams = bench.common().teams();
    bench.common().compare((setting, results) -> run(setting, results, teams));
  }

  void run(Setting setting, Results results) {
    run(setting, results, List.of(setting.threads()));
  }

  private void run(Setting setting, Results results, List<Integer> teams) {
    checkMethods(methods);
    List<StepCase> cases = StepCase.of(shapes, methods);
    if (teams.size() > 1) {
      new ThreadsBench(setting, results, teams).run(cases, variants(List.of("compiled")));
    } else {
      new StepBench(setting, results)
          .run(cases, variants(List.of("compiled", "stock", "samediff", "libtorch")));
    }
  }

  /**
   * @throws InputException if there is one that not all sides have
   */
  static void checkMethods(List<String> methods) {
    for (String method : methods) {
      if (!METHODS.contains(method)) {
        throw new InputException(
            "unknown method '%s', expected pre-ln or dyt, which all sides have".formatted(method));
      }
    }
  }

  private List<Variant> variants(List<String> usual) {
    return (peers == null ? usual : peers).stream().map(Variant::named).toList();
  }
}
