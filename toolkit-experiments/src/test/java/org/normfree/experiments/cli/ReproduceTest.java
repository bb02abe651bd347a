package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.record.Json;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.api.Experiments;
import picocli.CommandLine;

/** A run is done again from its directory, and compared. */
class ReproduceTest {
  @TempDir Path folder;
  private Path tiny;
  private final StringWriter err = new StringWriter();

  private String toolkit(int exitCode, String... args) {
    StringWriter out = new StringWriter();
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of(new Tiny("tiny"))), (runs, target, options) -> {});
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    assertThat(command.execute(args)).as(out + "\n" + err).isEqualTo(exitCode);
    return out.toString();
  }

  /** Nothing in the user's directory is ever changed. */
  private String reproduce(int exitCode, Path directory, String... more) throws IOException {
    Map<String, String> before = FileTree.of(folder);
    String[] words = new String[more.length + 2];
    words[0] = "reproduce";
    words[1] = directory.toString();
    System.arraycopy(more, 0, words, 2, more.length);
    String out = toolkit(exitCode, words);
    assertThat(FileTree.of(folder)).isEqualTo(before);
    return out;
  }

  @BeforeEach
  void run() {
    tiny = folder.resolve("a folder/tiny");
    toolkit(0, "run", "tiny", "--out", tiny.toString(), "seeds=3", "steps=47");
  }

  private static void edit(Path json, String field, String value) throws IOException {
    ObjectNode tree = (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(json));
    tree.set(field, Json.MAPPER.readTree(value));
    Files.write(json, Json.pretty(tree));
  }

  private static void delete(Path path) throws IOException {
    for (String below : new TreeSet<>(FileTree.of(path).keySet()).descendingSet()) {
      Files.delete(path.resolve(below));
    }
  }

  /** The folder that was kept; it is the test's to take away. */
  private Path kept(String out) throws IOException {
    Matcher said = Pattern.compile("What was run now is in (.*)").matcher(out);
    assertThat(said.find()).as(out).isTrue();
    Path target = folder.resolve("kept");
    Files.move(Path.of(said.group(1)), target);
    return target.resolve("tiny");
  }

  @Test
  void aRunThatIsDoneAgainIsEqual() throws IOException {
    assertThat(reproduce(0, tiny))
        .isEqualTo(
            """
            seed-1: equal (47 lines of metrics, 1 final numbers)
            seed-2: equal (47 lines of metrics, 1 final numbers)
            seed-3: equal (47 lines of metrics, 1 final numbers)
            all 3 runs are equal
            """);
  }

  @Test
  void oneRunIsDoneAgainAndTheOthersAreTakenAsTheyAre() throws IOException {
    String expected = "seed-2: equal (47 lines of metrics, 1 final numbers)\n";
    assertThat(reproduce(0, tiny.resolve("runs/seed-2"))).isEqualTo(expected);
    Files.writeString(tiny.resolve("runs/seed-3/metrics.jsonl"), "not compared\n");
    Files.writeString(tiny.resolve("runs/seed-3/translations.tsv"), "taken over\n");
    String out = toolkit(0, "reproduce", tiny.toString(), "--run", "seed-2", "--keep");
    assertThat(out).startsWith(expected);
    Path now = kept(out);
    for (String file : List.of("metrics.jsonl", "provenance.json", "translations.tsv")) {
      assertThat(now.resolve("runs/seed-3").resolve(file))
          .hasSameBinaryContentAs(tiny.resolve("runs/seed-3").resolve(file));
    }
    assertThat(now.resolve("runs/seed-3/checkpoints")).doesNotExist();
    assertThat(now.resolve("runs/seed-2/provenance.json"))
        .content(StandardCharsets.UTF_8)
        .contains("\"--keep\"");
    assertThat(now.resolve("runs/seed-2/checkpoints")).exists();
  }

  @Test
  void whatWasNotFinishedIsNeitherRunNorCompared() throws IOException {
    Files.delete(tiny.resolve("DONE"));
    delete(tiny.resolve("runs/seed-3"));
    String out = toolkit(0, "reproduce", tiny.toString(), "--run", "seed-1", "--keep");
    assertThat(out).startsWith("seed-1: equal");
    assertThat(kept(out).resolve("runs/seed-3")).doesNotExist();
    Files.delete(tiny.resolve("runs/seed-2/DONE"));
    assertThat(reproduce(0, tiny)).isEqualTo(reproduce(0, tiny.resolve("runs/seed-1")));
    reproduce(2, tiny, "--run", "seed-2");
    assertThat(err.toString()).contains("the run seed-2 is not finished");
  }

  @Test
  void aSettingOfARunThatWasChangedIsNamed() throws IOException {
    edit(tiny.resolve("runs/seed-2/config.json"), "steps", "61");
    assertThat(reproduce(1, tiny))
        .contains(
            "seed-2: differs\n  setting steps is 61 in its config.json, 47 by the experiment's")
        .contains("seed-3: equal", "not all runs are equal")
        .doesNotContain("metrics.jsonl differs");
  }

  @Test
  void aSettingOfTheWholeThatWasChangedIsNamed() throws IOException {
    edit(tiny.resolve("config.json"), "steps", "40");
    for (String[] more : new String[][] {{}, {"--run", "seed-3"}}) {
      assertThat(reproduce(1, tiny, more))
          .contains("steps is 47 there, 40 here")
          .contains(
              "seed-3: differs\n  setting steps is 47 in its config.json, 40 by the experiment's",
              "  metrics.jsonl has 47 lines, now 40; as far as both go they are equal");
    }
  }

  @Test
  void aSettingThatChangesNoNumberMayBeAnother() throws IOException {
    edit(tiny.resolve("config.json"), "jobs", "1");
    edit(tiny.resolve("runs/seed-1/config.json"), "checkpoint.every", "3");
    assertThat(reproduce(0, tiny)).contains("all 3 runs are equal");
  }

  @Test
  void theFirstValueThatDiffersIsNamedWithWhatIsNotAsItWas() throws IOException {
    Path metrics = tiny.resolve("runs/seed-1/metrics.jsonl");
    List<String> lines = Files.readAllLines(metrics);
    String third = lines.get(2);
    String sum = third.replaceAll(".*\"sum\":([-0-9.E]*).*", "$1");
    lines.set(2, third.replace(sum, "0.125"));
    Files.write(metrics, lines);
    edit(tiny.resolve("runs/seed-1/result.json"), "sum", "17.5");
    edit(tiny.resolve("runs/seed-1/provenance.json"), "cpu", "\"an abacus\"");
    String out = reproduce(1, tiny.resolve("runs/seed-1"));
    assertThat(out)
        .startsWith("seed-1: differs\n")
        .contains(
            "  metrics.jsonl differs from line 3 on: step 3, train: sum was 0.125, now " + sum)
        .contains("  sum was 17.5, now ")
        .contains("environment now and then:\n")
        .contains(", it was an abacus\n");
  }

  @Test
  void timesAndMemoryAreNotCompared() throws IOException {
    edit(tiny.resolve("runs/seed-1/result.json"), "step_seconds_p10", "17.5");
    edit(tiny.resolve("runs/seed-1/result.json"), "memory_gb", "3");
    reproduce(0, tiny);
    edit(tiny.resolve("runs/seed-1/result.json"), "loss_end", "3");
    assertThat(reproduce(1, tiny))
        .contains("  loss_end was 3.0, now not there")
        .contains("environment");
  }

  @Test
  void aRunThatDivergedDivergesAgainAndAFailedOneIsLeftOut() {
    for (String mode : List.of("diverge", "fail")) {
      String out = folder.resolve(mode).toString();
      toolkit(mode.equals("fail") ? 1 : 0, "run", "tiny", "--out", out, "mode=" + mode);
      assertThat(toolkit(0, "reproduce", out))
          .contains("seed-1: equal", "seed-3: equal")
          .satisfies(
              text ->
                  assertThat(text.contains("seed-2: equal (3 lines of metrics"))
                      .isEqualTo(mode.equals("diverge")));
    }
  }

  @Test
  void aRunThatEndsInAnotherWayIsToldSo() throws IOException {
    Path out = folder.resolve("diverge");
    toolkit(0, "run", "tiny", "--out", out.toString(), "mode=diverge");
    Files.move(out.resolve("runs/seed-2/DIVERGED"), out.resolve("runs/seed-2/DONE"));
    assertThat(reproduce(1, out))
        .contains("it ended DONE (loss not finite at step 3), now DIVERGED");
  }

  @Test
  void aRunTheExperimentNoLongerHasIsToldSo() throws IOException {
    Files.move(tiny.resolve("runs/seed-2"), tiny.resolve("runs/old-name"));
    assertThat(reproduce(1, tiny, "--run", "old-name"))
        .contains("old-name: differs\n  the experiment has no run of that name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nowhere|is no run directory",
        "empty|is no run directory",
        "tiny --run seed-9|expected one of seed-1, seed-2, seed-3",
        "tiny/runs/seed-1 --run seed-2|is the directory of the run seed-1",
        "alone|lies outside of its directory",
        "other|unknown experiment 'toni'",
        "begun|is not finished, so there is nothing to compare with",
        "keys|unknown key 'stops'"
      })
  void aDirectoryThatCannotBeRunAgainExits2(String words, String message) throws IOException {
    Path at = tiny.getParent();
    Files.createDirectories(at.resolve("empty"));
    Files.createDirectories(at.resolve("alone"));
    Files.writeString(at.resolve("alone/config.json"), "{\"experiment\":\"translate\"}");
    Files.copy(tiny.resolve("runs/seed-1/trial.json"), at.resolve("alone/trial.json"));
    for (String name : List.of("other", "begun", "keys")) {
      Files.createDirectories(at.resolve(name));
      Files.copy(tiny.resolve("config.json"), at.resolve(name).resolve("config.json"));
    }
    edit(at.resolve("other/config.json"), "experiment", "\"toni\"");
    edit(at.resolve("keys/config.json"), "stops", "1");
    Files.writeString(at.resolve("keys/DONE"), "");
    String[] split = words.split(" ");
    String[] more = new String[split.length - 1];
    System.arraycopy(split, 1, more, 0, more.length);
    reproduce(2, at.resolve(split[0]), more);
    assertThat(err.toString().lines()).singleElement().asString().contains(message);
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    long before = left(temporary);
    reproduce(0, tiny);
    edit(tiny.resolve("runs/seed-2/config.json"), "steps", "61");
    reproduce(1, tiny);
    assertThat(left(temporary)).isEqualTo(before);
  }

  private static long left(Path temporary) throws IOException {
    try (var entries = Files.list(temporary)) {
      return entries
          .filter(path -> path.getFileName().toString().startsWith("toolkit-reproduce-"))
          .count();
    }
  }
}
