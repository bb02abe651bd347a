package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.UnavailableException;
import org.normfree.core.record.Json;
import org.normfree.core.record.Summary;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.plots.figure.FigureOptions;
import picocli.CommandLine;

class ToolkitTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> drawn = new ArrayList<>();
  private final List<FigureOptions> chosen = new ArrayList<>();

  private int toolkit(String... args) {
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of(new Tiny("tiny"), new Tiny("tiny-two"))),
            (runs, target, options) -> {
              drawn.add(folder.relativize(runs) + " -> " + target.getFileName());
              chosen.add(options);
            });
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(args);
  }

  private String dir(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void aRunPrintsItsTableAndExitsWith0() {
    assertThat(toolkit("run", "tiny", "steps=5", "--out", dir("x"), "seeds=2")).isZero();
    assertThat(out.toString()).contains("method  metric  mean").contains("dyt     sum");
    assertThat(err.toString()).isEmpty();
    assertThat(Json.read(folder.resolve("x/summary.json"), Summary.class).experiment())
        .isEqualTo("tiny");
  }

  @Test
  void settingsMayComeFromAnotherRunsFile() {
    toolkit("run", "tiny", "steps=5", "seeds=2", "--out", dir("x"));
    assertThat(toolkit("run", "tiny", "--config", dir("x/config.json"), "--out", dir("y")))
        .isZero();
    assertThat(folder.resolve("y/config.json"))
        .hasSameBinaryContentAs(folder.resolve("x/config.json"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run tinny|unknown experiment 'tinny', did you mean 'tiny'?",
        "run tiny step=3|unknown key 'step', did you mean 'steps'?",
        "run tiny steps=x|steps=x: expected an integer >= 0",
        "run tiny mode=input|the folder /no/such is missing: give another",
        "run tiny --config nowhere.json|cannot read the settings file nowhere.json",
        "run tiny --cofnig x|unknown option '--cofnig', did you mean '--config'?",
        "figures --onyl=x|unknown option '--onyl=x', did you mean '--only'?",
        "help rum|Unknown subcommand 'rum'",
        "bench step|start them by the script toolkit of the repository",
        "run|no experiment is named",
        "rum|unknown command 'rum', did you mean 'run'?",
        "staus|unknown command 'staus', did you mean 'status'?",
        "|Missing required subcommand",
        "paper --preset fast|Invalid value for option '--preset'",
        "figures --runs nowhere|there is no such folder",
        "figures --runs . --width wide|width 'wide': expected single, double or a number",
        "figures --runs . --font 90|type of 90.0 points: expected 4 to 24",
        "figures --runs . --font big|Invalid value for option '--font'"
      })
  void whatTheUserCanFixIsOneLineAndExits2(String words, String message) {
    List<String> args = new ArrayList<>();
    if (words != null) {
      args.addAll(List.of(words.split(" ")));
    }
    if (args.contains("tiny")) {
      args.addAll(List.of("--out", dir("x")));
    }
    assertThat(toolkit(args.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("toolkit: ")
        .contains(message);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenToExits2() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    assertThat(toolkit("run", "tiny", "--out", dir("file/x"))).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains("cannot create");
  }

  @Test
  void anotherConfigurationInTheDirectoryExits2() {
    toolkit("run", "tiny", "steps=5", "--out", dir("x"));
    assertThat(toolkit("run", "tiny", "steps=6", "--out", dir("x"))).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("steps is 5 there, 6 here");
  }

  @Test
  void aCrashExits1AndSaysWhereTheStackTraceIs() {
    assertThat(toolkit("run", "tiny", "mode=crash", "--out", dir("x"))).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("the stack trace is in " + folder.resolve("x/error.log"));
  }

  @Test
  void aSweepWithAFailedRunExits1AndADivergedOneWith0() {
    assertThat(toolkit("run", "tiny", "mode=fail", "--out", dir("x"))).isEqualTo(1);
    assertThat(out.toString()).contains("seed-2 failed: IllegalStateException: seed 2 fails");
    assertThat(toolkit("run", "tiny", "mode=diverge", "--out", dir("y"))).isZero();
    assertThat(out.toString()).contains("seed-2 diverged: loss not finite at step 3");
  }

  @Test
  void anErrorOfTheToolkitItselfExits1WithItsStackTrace() {
    assertThat(toolkit("run", "tiny", "steps=5", "--out", dir("tiny"))).isZero();
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of()),
            (runs, target, options) -> {
              throw new IllegalStateException("a bug");
            });
    command.setErr(new PrintWriter(err));
    assertThat(command.execute("figures", "--runs", dir("."), "--out", dir("o"))).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("toolkit: unexpected error: IllegalStateException: a bug\n")
        .contains("\tat ");
  }

  @Test
  void aFullDiskExits2WithTheReason() {
    assertThat(toolkit("run", "tiny", "steps=5", "--out", dir("tiny"))).isZero();
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of()),
            (runs, target, options) -> {
              throw new UncheckedIOException(
                  "cannot write report.html", new IOException("No space left on device"));
            });
    command.setErr(new PrintWriter(err));
    assertThat(command.execute("figures", "--runs", dir("."), "--out", dir("o"))).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("toolkit: cannot write report.html (No space left on device)");
  }

  @Test
  void helpOfAnExperimentListsKeysDefaultsAndValues() {
    assertThat(toolkit("run", "tiny", "--help")).isZero();
    assertThat(out.toString())
        .contains("adds up numbers", "seeds and execution", "training")
        .containsPattern("seeds=3 +number of seeds: seed, seed\\+1, \\.\\.\\.")
        .containsPattern("mode=fine +how it ends \\(one of fine, diverge");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(out.toString().replaceAll("\\s+", " ")).contains("(an integer in [1, 10000])");
  }

  @Test
  void everyCommandIsNamedAndExplained() {
    assertThat(toolkit("--help")).isZero();
    List<String> commands =
        List.of(
            "list",
            "run",
            "figures",
            "paper",
            "reproduce",
            "compare",
            "document",
            "status",
            "bench",
            "help",
            "completion");
    for (String command : commands) {
      assertThat(out.toString()).containsPattern("(?m)^  " + command + " +[A-Z]");
    }
    for (String command : commands) {
      assertThat(toolkit("help", command)).as(command).isZero();
    }
  }

  @Test
  void aShellCompletesCommandsOptionsAndExperiments() {
    assertThat(toolkit("completion")).isZero();
    assertThat(out.toString())
        .contains("bash", "zsh", "--dry-run", "figures", "method-comparison", "complete -F");
  }

  @Test
  void helpAndVersionAndListExitWith0() {
    assertThat(toolkit("--help")).isZero();
    assertThat(toolkit("run", "--help")).isZero();
    assertThat(toolkit("--version")).isZero();
    assertThat(out.toString()).containsPattern("normfree toolkit \\d");
    assertThat(toolkit("list")).isZero();
    assertThat(out.toString())
        .contains("tiny-two", "sigma-reparam", "x + f(γ·tanh(αx) + β)")
        .contains("models", "methods", "data sets", "optimizers");
  }

  @Test
  void paperRunsEveryStudyThenDraws() {
    assertThat(toolkit("paper", "--preset", "quick", "--out", dir("p"))).isZero();
    assertThat(folder.resolve("p/tiny/DONE")).exists();
    assertThat(folder.resolve("p/tiny-two/DONE")).exists();
    assertThat(folder.resolve("p/tiny/config.json"))
        .content(StandardCharsets.UTF_8)
        .contains("\"steps\" : 5");
    assertThat(drawn).containsExactly("p -> p");
  }

  /** Needs what no machine has. */
  private record Lacking(Tiny tiny) implements Experiment {
    @Override
    public String name() {
      return "lacking";
    }

    @Override
    public String summary() {
      return tiny.summary();
    }

    @Override
    public List<Key<?>> keys() {
      return tiny.keys();
    }

    @Override
    public Design design(Config config) {
      return tiny.design(config);
    }

    @Override
    public Optional<List<String>> preset(Preset preset) {
      return tiny.preset(preset);
    }

    @Override
    public boolean checkSettings(Config config) {
      throw new UnavailableException("this processor has no such instructions");
    }

    @Override
    public Runs run(Config config, RunDirectory directory) {
      return tiny.run(config, directory);
    }
  }

  @Test
  void paperLeavesOutWhatThisMachineCannotRunAndSaysSo() {
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of(new Lacking(new Tiny("tiny")), new Tiny("tiny-two"))),
            (runs, target, options) -> drawn.add(target.getFileName().toString()));
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    assertThat(command.execute("paper", "--out", dir("p"))).isZero();
    assertThat(out.toString()).contains("left out: this processor has no such instructions");
    assertThat(folder.resolve("p/lacking")).doesNotExist();
    assertThat(folder.resolve("p/tiny-two/DONE")).exists();
    assertThat(drawn).containsExactly("p");
    assertThat(command.execute("run", "lacking", "--out", dir("q"))).isEqualTo(2);
  }

  @Test
  void figuresAreDrawnFromTheGivenFolder() {
    assertThat(toolkit("run", "tiny", "steps=5", "--out", dir("tiny"))).isZero();
    assertThat(toolkit("figures", "--runs", dir("."), "--out", dir("figs"))).isZero();
    assertThat(drawn).hasSize(1);
    assertThat(chosen).containsExactly(FigureOptions.DEFAULTS);
    assertThat(out.toString()).endsWith("report.html are in " + dir("figs") + "\n");
  }

  @Test
  void whatFiguresShowAndHowWideTheyAreMayBeChosen() {
    assertThat(toolkit("run", "tiny", "steps=5", "--out", dir("tiny"))).isZero();
    assertThat(
            toolkit(
                "figures",
                "--runs",
                dir("."),
                "--only",
                "tiny,tiny-two-sum",
                "--width",
                "single",
                "--font",
                "9.5",
                "--methods",
                "dyt,pre-ln",
                "--baseline",
                "dyt"))
        .isZero();
    assertThat(chosen)
        .containsExactly(
            new FigureOptions(
                List.of("tiny", "tiny-two-sum"),
                OptionalInt.of(FigureOptions.width("single")),
                9.5,
                List.of("dyt", "pre-ln"),
                Optional.of("dyt")));
  }
}
