package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Json;
import org.normfree.core.record.Summary;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.api.Experiments;
import org.normfree.plots.figure.FigureOptions;
import picocli.CommandLine;

class CompareTest {
  @TempDir Path folder;
  private final StringWriter err = new StringWriter();
  private final Map<String, String> drawn = new TreeMap<>();

  private String toolkit(int exitCode, String... args) {
    StringWriter out = new StringWriter();
    CommandLine command =
        Toolkit.commandLine(
            new Experiments(List.of(new Tiny("tiny"), new Tiny("tiny-two"))), this::draw);
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    assertThat(command.execute(args)).as(out + "\n" + err).isEqualTo(exitCode);
    return out.toString();
  }

  private void draw(Path runs, Path target, FigureOptions options) {
    try (Stream<Path> files = Files.walk(runs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        drawn.put(runs.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path run(String name, String... settings) {
    Path out = folder.resolve(name);
    List<String> words = new ArrayList<>(List.of("run", "tiny", "--out", out.toString()));
    words.addAll(List.of(settings));
    toolkit(0, words.toArray(String[]::new));
    return out;
  }

  private String compare(Path a, Path b) throws IOException {
    Map<String, String> before = FileTree.of(folder);
    String out =
        toolkit(
            0, "compare", a.toString(), b.toString(), "--out", folder.resolve("figs").toString());
    assertThat(FileTree.of(folder)).isEqualTo(before);
    return out;
  }

  private static double sum(Path run) {
    return Json.read(run.resolve("result.json"), JsonNode.class).get("sum").asDouble();
  }

  private static double sum(Path experiment, int seed) {
    return sum(experiment.resolve("runs/seed-" + seed));
  }

  private static String signed(double value) {
    return String.format(Locale.ROOT, "%+.4f", value);
  }

  /** The line of a table that begins with a word. */
  private static List<String> cells(String out, String first) {
    return out.lines()
        .filter(line -> line.startsWith(first + " "))
        .findFirst()
        .map(line -> List.of(line.split(" {2,}")))
        .orElseThrow(() -> new AssertionError(out));
  }

  @Test
  void differencesArePairedBySeed() throws IOException {
    Path a = run("a", "steps=9", "seeds=4");
    Path b = run("b", "steps=13", "seeds=4", "seed=2");
    double mean = 0;
    for (int seed = 2; seed <= 4; seed++) {
      mean += (sum(b, seed) - sum(a, seed)) / 3;
    }
    String out = compare(a, b);
    assertThat(out).startsWith("A  %s (tiny)\nB  %s (tiny)\n".formatted(a, b));
    assertThat(cells(out, "steps")).containsExactly("steps", "9", "13");
    assertThat(cells(out, "seed")).containsExactly("seed", "1", "2");
    assertThat(out).doesNotContain("threads");
    List<String> row = cells(out, "dyt");
    assertThat(row.get(1)).isEqualTo("sum");
    assertThat(row.get(4)).isEqualTo(signed(mean));
    assertThat(row.get(5)).matches("\\[-.*, \\+.*\\]");
    assertThat(row.get(6)).isEqualTo("3");
  }

  @Test
  void belowThreePairsThereIsNoInterval() throws IOException {
    String out = compare(run("a", "seeds=2"), run("b", "seeds=3", "steps=11"));
    assertThat(out).doesNotContain("interval", "[");
    assertThat(cells(out, "dyt")).last().isEqualTo("2");
  }

  @Test
  void twoOfTheSameAreTheSame() throws IOException {
    Path a = run("a");
    String out = compare(a, run("b", "jobs=0"));
    assertThat(out).contains("All settings are the same.\n");
    assertThat(cells(out, "dyt").get(4)).isEqualTo("0.0000");
  }

  @Test
  void singleRunsAreComparedWhateverTheyStandFor() throws IOException {
    Path a = run("a").resolve("runs/seed-1");
    Path b = run("b", "steps=20").resolve("runs/seed-3");
    String out = compare(a, b);
    assertThat(cells(out, "seed")).containsExactly("seed", "1", "3");
    assertThat(cells(out, "dyt").get(4)).isEqualTo(signed(sum(b) - sum(a)));
    assertThat(cells(out, "dyt")).last().isEqualTo("1");
  }

  @Test
  void whatOnlyOneHasIsCounted() throws IOException {
    Path a = run("a", "seeds=2");
    Path b = run("b", "seeds=2");
    Files.writeString(b.resolve("runs/seed-1/result.json"), "{\"sum\":1.5,\"more\":2,\"most\":3}");
    Files.delete(b.resolve("summary.json")); // as before the end of the second run
    Files.delete(b.resolve("runs/seed-2/DONE"));
    String out = compare(a, b);
    assertThat(cells(out, "dyt")).containsSubsequence("1.5000", signed(1.5 - sum(a, 1)), "1");
    assertThat(out).contains("2 rows are in B alone.\n").doesNotContain("in A alone");
  }

  @Test
  void theRunsOfBothAreDrawnAsOneExperiment() throws IOException {
    Path a = run("a", "seeds=2");
    Path b = run("b", "seeds=2", "steps=11");
    for (Path side : List.of(a, b)) {
      for (int seed = 1; seed <= 2; seed++) {
        Path metrics = side.resolve("runs/seed-%s/metrics.jsonl".formatted(seed));
        Files.writeString(metrics, Files.readString(metrics).replace("\"sum\"", "\"loss\""));
      }
    }
    assertThat(compare(a, b)).contains("The curves of both are in " + folder.resolve("figs"));
    assertThat(drawn.keySet())
        .contains(
            "compare/summary.json",
            "compare/runs/A-seed-1/DONE",
            "compare/runs/A-seed-2/metrics.jsonl",
            "compare/runs/B-seed-2/trial.json");
    assertThat(drawn.get("compare/runs/B-seed-2/metrics.jsonl"))
        .isEqualTo(Files.readString(b.resolve("runs/seed-2/metrics.jsonl")));
    Summary summary = Json.MAPPER.readValue(drawn.get("compare/summary.json"), Summary.class);
    assertThat(summary.figures()).extracting(FigureSpec::metric).containsExactly("loss");
    assertThat(summary.rows())
        .extracting(row -> row.setting().get("side"))
        .containsExactly("A", "B");
    assertThat(summary.axis("side").words("A")).isEqualTo(a.toString());
  }

  @Test
  void withoutCurvesNothingIsDrawn() throws IOException {
    assertThat(compare(run("a"), run("b"))).contains("Neither has curves");
    assertThat(drawn).isEmpty();
  }

  @Test
  void whatWasNeverRunExits2() throws IOException {
    Path a = run("a");
    Files.createDirectories(folder.resolve("empty"));
    for (String other : List.of("empty", "nowhere")) {
      toolkit(2, "compare", a.toString(), folder.resolve(other).toString());
      toolkit(2, "compare", folder.resolve(other).toString(), a.toString());
    }
    assertThat(err.toString().lines())
        .hasSize(4)
        .allMatch(line -> line.contains("is no run directory"));
    toolkit(2, "compare", a.toString());
  }
}
