package org.normfree.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.normfree.core.InputException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Options of every bench, before its name or behind it. */
final class CommonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--out",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      defaultValue = "bench",
      description = "where bench.json and the processes' logs go (default: ${DEFAULT-VALUE})")
  private Path out;

  @Option(
      names = "--threads",
      scope = ScopeType.INHERIT,
      split = ",",
      paramLabel = "N",
      description =
          "threads of every process (default: all cores); 'step' takes several and compares them")
  private List<Integer> threads;

  @Option(
      names = "--rounds",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      defaultValue = "20",
      description = "counted rounds of interleaved measurements (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--warm-up",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      defaultValue = "8",
      description =
          "rounds before them; of processes beside each other more, until their times no longer"
              + " fall (default: ${DEFAULT-VALUE})")
  private int warmUp;

  /** A bench. */
  @FunctionalInterface
  interface Work {
    /** Adds rows. */
    void run(Setting setting, Results results);
  }

  /**
   * Runs benches, prints their table and writes their file, also where a later one failed.
   *
   * @throws InputException if an option has no value that fits, or several where one is expected
   */
  void run(Work work) {
    require(teams().size() == 1, "--threads has several numbers, which 'step' alone compares");
    compare(work);
  }

  /** Numbers of threads: one, or several to be compared. */
  List<Integer> teams() {
    return threads == null ? List.of(Runtime.getRuntime().availableProcessors()) : threads;
  }

  /** The same for one that compares {@link #teams}; its setting has the first of them. */
  void compare(Work work) {
    for (int count : teams()) {
      require(count >= 1, "--threads=%d, expected at least 1", count);
    }
    require(rounds >= 1, "--rounds=%d, expected at least 1; medians want 20", rounds);
    require(warmUp >= 0, "--warm-up=%d, expected at least 0", warmUp);
    require(Files.isDirectory(out) || !Files.exists(out), "--out %s is a file; give a folder", out);
    PrintWriter screen = command.commandLine().getErr();
    Results results = new Results();
    Path folder = out.toAbsolutePath();
    LibTorch libTorch = new LibTorch(LibTorch.home());
    Setting setting = new Setting(folder, teams().get(0), warmUp, rounds, libTorch, screen);
    try {
      work.run(setting, results);
    } finally {
      if (!results.rows().isEmpty()) {
        results.write(out);
        results.print(command.commandLine().getOut());
      }
    }
    require(
        !results.rows().isEmpty(), "nothing was measured; the lines above say why", new Object[0]);
  }

  static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InputException(String.format(Locale.ROOT, message, values));
    }
  }
}
