package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Trial;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.config.Config;

/** A command that is refused leaves the disk as it was, byte for byte. */
class RefusedTest {
  private static final Config CONFIG =
      Config.resolve("tiny", new Tiny("tiny").keys(), Optional.empty(), List.of());
  private static final Trial TRIAL = new Trial("tiny", "dyt", Map.of(), 1, Trial.FINAL);

  @TempDir Path folder;

  /** Settings that are found to be unusable after the directory was opened. */
  private void refuses(String out, String... settings) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "train", "width=7", "heads=2"));
    words.addAll(List.of(settings));
    words.addAll(List.of("--out", folder.resolve(out).toString()));
    Map<String, String> before = FileTree.of(folder);
    ToolkitRunner.Output output = ToolkitRunner.run(words);
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(FileTree.of(folder)).as(output.err()).isEqualTo(before);
  }

  private Path users(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void foldersThatTheCommandMadeGo() throws IOException {
    refuses("a/b/c");
    refuses("a/b/c", "seeds=2");
    users("a/kept", "");
    refuses("a/b/c");
  }

  @Test
  void aFolderThatWasThereStays() throws IOException {
    Files.createDirectories(folder.resolve("results/runs"));
    refuses("results");
    refuses("results/runs");
    refuses("results/runs", "seeds=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".gitkeep", ".git/config", ".lock", "runs/old", "checkpoints/old", "metrics.jsonl",
        "provenance.json", "trial.json", "data.json", "config.json", "films.partial", "DONE",
        "FAILED", "error.log", "notes"
      })
  void aFileThatWasThereStaysEmptyOrNot(String name) throws IOException {
    users("results/" + name, "");
    refuses("results");
    users("results/" + name, "the user's");
    refuses("results");
    refuses("results", "seeds=2");
  }

  @Test
  void linksAreFollowedAndKept() throws IOException {
    Files.createDirectory(folder.resolve("disk"));
    Files.createSymbolicLink(folder.resolve("out"), folder.resolve("disk"));
    refuses("out");
    refuses("out/deeper");
    Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("none"));
    refuses("nowhere");
    refuses("nowhere/deeper");
    Path other = Files.createDirectory(folder.resolve("other"));
    Path empty = users("empty", "");
    Files.createSymbolicLink(other.resolve(".lock"), empty);
    refuses("other");
  }

  @Test
  void aFileInTheWayStays() throws IOException {
    users("file", "the user's");
    refuses("file");
    refuses("file/deeper");
    users("empty", "");
    refuses("empty");
  }

  @Test
  void anotherProcesssDirectoryIsNotTouched() throws IOException {
    Path out = folder.resolve("out");
    try (RunDirectory first = RunDirectory.open(out, CONFIG, List.of())) {
      Map<String, String> before = FileTree.of(folder);
      assertThatThrownBy(() -> RunDirectory.open(out, CONFIG, List.of()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("in use by another run");
      assertThat(FileTree.of(folder)).isEqualTo(before);
      first.discard();
    }
    assertThat(FileTree.of(folder)).containsOnlyKeys("");
  }

  @Test
  void whatAppearsMeanwhileStays() throws IOException {
    RunDirectory run = RunDirectory.open(folder.resolve("a/out"), CONFIG, List.of());
    users("a/out/notes", "the user's");
    users("a/out/.empty", "");
    run.discard();
    assertThat(FileTree.of(folder))
        .containsOnlyKeys("", "a", "a/out", "a/out/notes", "a/out/.empty");
  }

  /** What was tried again and refused still says why it failed before. */
  @Test
  void aFailedRunThatIsRefusedIsAsItWas() throws IOException {
    Path out = folder.resolve("out");
    try (RunDirectory run = RunDirectory.open(out, CONFIG, List.of("first"))) {
      try (RunDirectory child = run.child("seed-1", TRIAL, CONFIG)) {
        child.fail(new IllegalStateException("a bug"));
      }
      run.fail(new IllegalStateException("a bug"));
    }
    Map<String, String> before = FileTree.of(folder);
    assertThat(before).containsKeys("out/FAILED", "out/error.log", "out/runs/seed-1/FAILED");
    RunDirectory again = RunDirectory.open(out, CONFIG, List.of("second"));
    again.child("seed-1", TRIAL, CONFIG).discard();
    again.child("seed-2", TRIAL, CONFIG).discard();
    again.discard();
    assertThat(FileTree.of(folder)).isEqualTo(before);
  }

  @Test
  void runsSideBySideThatAreAllRefusedLeaveNothing() throws IOException {
    RunDirectory run = RunDirectory.open(folder.resolve("out"), CONFIG, List.of());
    RunDirectory first = run.child("seed-1", TRIAL, CONFIG);
    RunDirectory second = run.child("seed-2", TRIAL, CONFIG);
    first.discard();
    second.discard();
    run.discard();
    assertThat(FileTree.of(folder)).containsOnlyKeys("");
  }

  @Test
  void resultsAreKeptWithTheirSettings() throws IOException {
    Path out = folder.resolve("out");
    RunDirectory run = RunDirectory.open(out, CONFIG, List.of());
    RunDirectory child = run.child("seed-1", TRIAL, CONFIG);
    try (MetricLog metrics = child.metrics()) {
      metrics.add(new MetricLine(MetricLine.METRIC, 1, 0, "train", Map.of("loss", 1.0)));
    }
    child.discard();
    run.discard();
    assertThat(FileTree.of(out))
        .containsKeys(
            "config.json", "provenance.json", "runs/seed-1/config.json", "runs/seed-1/trial.json");
    RunDirectory again = RunDirectory.open(out, CONFIG, List.of());
    again.child("seed-1", TRIAL, CONFIG).metrics().close();
    again.discard();
    assertThat(out.resolve("provenance.json")).content(StandardCharsets.UTF_8).contains("resumed");
  }
}
