package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Json;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import picocli.CommandLine;

class StatusCommandTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2030-05-17T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  private String toolkit(int exitCode, String... args) {
    StringWriter out = new StringWriter();
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of(new Tiny("tiny"))), (runs, target, options) -> {});
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    assertThat(command.execute(args)).as(err.toString()).isEqualTo(exitCode);
    return out.toString();
  }

  private void run(int exitCode, String name, String... settings) {
    String[] words = new String[settings.length + 4];
    System.arraycopy(
        new String[] {"run", "tiny", "--out", folder.resolve(name).toString()}, 0, words, 0, 4);
    System.arraycopy(settings, 0, words, 4, settings.length);
    toolkit(exitCode, words);
  }

  private String status(String name) {
    return toolkit(0, "status", folder.resolve(name).toString());
  }

  @Test
  void whatIsDoneDivergedAndFailedIsCountedBelowAFolder() throws IOException {
    run(0, "all/done", "seeds=2");
    run(0, "all/deep/er/diverged", "mode=diverge");
    run(1, "all/failed", "mode=fail");
    run(1, "all/crashed", "mode=crash");
    Map<String, String> before = FileTree.of(folder);
    String status = status("all");
    assertThat(FileTree.of(folder)).isEqualTo(before);
    assertThat(status)
        .contains(folder.resolve("all/done") + " (tiny): done 2")
        .contains("  2 runs: 2 done\n")
        .contains(folder.resolve("all/deep/er/diverged") + " (tiny): done 2")
        .contains("  3 runs: 2 done, 1 diverged\n  seed-2: diverged, loss not finite at step 3\n")
        .contains(folder.resolve("all/failed") + " (tiny): failed: seed-2 failed")
        .contains(
            "  3 runs: 2 done, 1 failed\n  seed-2: failed, IllegalStateException: seed 2 fails\n")
        .contains("all/crashed (tiny): failed: IllegalStateException: a bug in two lines\n");
  }

  @Test
  void anInterruptedOneTellsHowToGoOnAndWhatIsLeft() throws IOException {
    run(0, "x", "seeds=5");
    for (String gone : List.of("DONE", "summary.json", "runs/seed-3/DONE")) {
      Files.delete(folder.resolve("x").resolve(gone));
    }
    for (String file :
        new TreeSet<>(FileTree.of(folder.resolve("x/runs/seed-5")).keySet()).descendingSet()) {
      Files.delete(folder.resolve("x/runs/seed-5").resolve(file));
    }
    assertThat(status("x"))
        .contains("(tiny): interrupted; to go on: toolkit run tiny --out ")
        .contains("  5 runs: 3 done, 1 interrupted, 1 to come\n")
        .contains("left to do\n")
        .contains("  seed-3: interrupted\n");
    assertThat(status("x/runs/seed-3"))
        .isEqualTo(folder.resolve("x/runs/seed-3") + " (a run of tiny): interrupted\n");
    assertThat(status("x/runs/seed-4")).endsWith(" (a run of tiny): done\n");
  }

  @Test
  void foldersWithoutExperimentsAreNoMistake() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(folder.resolve("model/deep"));
    Files.writeString(folder.resolve("model/config.json"), "{\"architectures\": [\"vit\"]}");
    Files.writeString(folder.resolve("model/deep/config.json"), "not even JSON");
    Files.writeString(folder.resolve("model/thesis.tex"), "precious");
    for (String name : List.of("empty", "model")) {
      assertThat(status(name))
          .isEqualTo(folder.resolve(name) + ": no experiment has been run there or below\n");
    }
  }

  @Test
  void aFolderThatIsNotThereIs() throws IOException {
    toolkit(2, "status", folder.resolve("nowhere").toString());
    assertThat(err.toString().lines()).singleElement().asString().contains("there is no folder");
    Files.writeString(folder.resolve("file"), "");
    toolkit(2, "status", folder.resolve("file").toString());
  }

  private Path training(String name, String... timing) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("experiment", "training").put("steps", 0).put("epochs", 10).put("jobs", 2);
    Files.writeString(run.resolve("config.json"), config.toString());
    Files.write(run.resolve("timing.jsonl"), List.of(timing));
    return run;
  }

  @Test
  void theRestOfATrainingIsForeseenFromItsEpochs() throws IOException {
    Path run =
        training(
            "one",
            "{\"event\":\"epoch\",\"step\":30,\"seconds\":20.0}",
            "{\"event\":\"epoch\",\"step\":60,\"seconds\":10.0}",
            "{\"event\":\"epo");
    RecordedExperiment experiment = RecordedExperiment.at(run).orElseThrow();
    Forecast forecast = Forecast.of(experiment, RecordedRun.State.RUNNING).orElseThrow();
    assertThat(forecast.secondsPerRun()).isEqualTo(150);
    assertThat(forecast.secondsLeft()).isEqualTo(120);
    assertThat(new Status(NOON).of("one", experiment))
        .containsExactly(
            "one (training): interrupted",
            "  step 60 of 300",
            "  about 2 min 30 s a run; about 2 min 00 s left to do");
  }

  @Test
  void theRunsOfASweepAreForeseenSideBySide() throws IOException {
    Path sweep = training("sweep");
    Files.writeString(
        sweep.resolve("plan.json"), "{\"runs\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]}");
    for (String id : List.of("a", "b")) {
      Path done = training("sweep/runs/" + id, "{\"event\":\"epoch\",\"step\":7,\"seconds\":60.0}");
      Files.writeString(done.resolve("DONE"), "");
    }
    training("sweep/runs/c", "{\"event\":\"epoch\",\"step\":7,\"seconds\":12.0}");
    Forecast forecast =
        Forecast.of(RecordedExperiment.at(sweep).orElseThrow(), RecordedRun.State.RUNNING)
            .orElseThrow();
    assertThat(forecast.secondsPerRun()).isEqualTo(60);
    // nine tenths of 120 s and three times 60 s, two at a time
    assertThat(forecast.secondsLeft()).isEqualTo((108 + 180) / 2.0);
    assertThat(forecast.jobs()).isEqualTo(2);
    assertThat(Forecast.of(RecordedExperiment.at(sweep).orElseThrow(), RecordedRun.State.DONE))
        .isEmpty();
  }
}
