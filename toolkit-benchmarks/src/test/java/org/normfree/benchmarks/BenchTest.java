package org.normfree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.record.Json;
import picocli.CommandLine;

class BenchTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... args) {
    CommandLine command = Bench.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "step --shapes vit-129 | unknown shape 'vit-129'",
        "step --peers libtroch | unknown peer 'libtroch'",
        "step --methods fixup | unknown method 'fixup'",
        "step --threads 0 | --threads=0, expected at least 1",
        "step --rounds 0 | --rounds=0",
        "step --warm-up -1 | --warm-up=-1",
        "sweep --steps 0 | --steps=0, expected at least 1",
        "sweep --methods fixup | unknown method 'fixup'",
        "sweep --shapes digits-33 | unknown shape 'digits-33'",
        "sweep --threads 1,2 | --threads has several numbers",
        "ops --rows 0 | --rows=0",
        "sequence --ops selective-scam | unknown op 'selective-scam'",
        "sequence --lengths 8,0 | --lengths has 0",
        "sequence --lengths 10000000 | more than 2 GiB",
        "sequence --states 0 | --states=0",
        "depth --depths 4,0 | --depths has 0",
        "depth --layers 1 | --layers=1",
        "depth --threads 1,2 | --threads has several numbers",
        "step --threads 1,0 | --threads=0",
        "attention --shapes 2x3x4 | --shapes has '2x3x4'",
        "attention --shapes 2x3x4x3 | heads that divide the channels",
        "attention --shapes 2x99999x99999x1 | less than 2 GiB",
        "memory --steps 0 | --steps=0",
        "memory --shape huge | unknown shape 'huge'",
        "walk | Unmatched argument",
      })
  void whatTheUserGetsWrongIsOneLineAndExitCode2(String words, String message) throws IOException {
    Path target = folder.resolve("out");
    String line = words.equals("walk") ? words : words + " --out " + target;
    assertThat(bench(line.strip().split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).startsWith("toolkit: ").contains(message).hasLineCount(1);
    assertThat(target).doesNotExist();
  }

  /**
   * They used to count for all benches together only, and were forgotten before the name of one.
   */
  @Test
  void optionsOfAllBenchesMayStandBeforeTheNameOfOne() throws IOException {
    assertThat(bench("--threads", "0", "step")).isEqualTo(2);
    assertThat(err.toString()).contains("--threads=0, expected at least 1");
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(bench("--out", file.toString(), "memory")).isEqualTo(2);
    assertThat(err.toString()).contains("--out " + file + " is a file");
  }

  @Test
  void aFileInPlaceOfTheFolderIsTold() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(bench("step", "--out", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is a file");
  }

  @Test
  void memoryOfATinyNetworkIsMeasuredInARealProcess() throws IOException {
    Path target = folder.resolve("out");
    assertThat(
            bench(
                "memory",
                "--shape",
                "tiny",
                "--steps",
                "3",
                "--threads",
                "1",
                "--out",
                target.toString()))
        .as(err.toString())
        .isZero();
    JsonNode file = Json.read(target.resolve("bench.json"), JsonNode.class);
    assertThat(file.properties()).hasSize(1);
    assertThat(file.get("rows")).isNotEmpty();
    for (JsonNode row : file.get("rows")) {
      Set<String> names = new HashSet<>();
      row.fieldNames().forEachRemaining(names::add);
      assertThat(names)
          .containsExactlyInAnyOrder(
              "bench", "case", "ours", "peer", "unit", "median", "p10", "p90", "ratio");
      assertThat(row.get("bench").asText()).isEqualTo("memory");
      assertThat(row.get("median").asDouble()).isPositive();
      assertThat(row.get("ratio").asDouble()).isPositive();
    }
    assertThat(out.toString()).contains("| memory | tiny pre-ln, resident over 3 steps");
  }

  @Test
  void stepsOfTwoThreadsStandBesideThoseOfOne() throws IOException {
    Path target = folder.resolve("out");
    String words = "step --shapes tiny --methods dyt --threads 1,2 --rounds 1 --warm-up 0 --out";
    List<String> line = new ArrayList<>(List.of(words.split(" ", -1)));
    line.add(target.toString());
    assertThat(bench(line.toArray(String[]::new))).as(err.toString()).isZero();
    JsonNode rows = Json.read(target.resolve("bench.json"), JsonNode.class).get("rows");
    assertThat(rows.findValuesAsText("case"))
        .containsExactly(
            "tiny dyt",
            "tiny dyt",
            "tiny dyt, forward and backward",
            "tiny dyt, forward and backward");
    assertThat(rows.findValuesAsText("ours"))
        .containsExactly(
            "compiled, threads 1",
            "compiled, threads 2",
            "compiled, threads 1",
            "compiled, threads 2");
    for (JsonNode row : rows) {
      assertThat(row.get("peer").asText()).isEqualTo("compiled, threads 1");
      assertThat(row.get("ratio").asDouble()).isPositive();
    }
  }

  @Test
  void everyDivisionOfTheCoresStandsBesideTheBestOfTheLastSide() throws IOException {
    Path target = folder.resolve("out");
    String words = "sweep --shapes tiny --methods dyt --peers compiled,stock --steps 5";
    List<String> line = new ArrayList<>(List.of(words.split(" ", -1)));
    line.addAll(List.of("--threads", "2", "--rounds", "2", "--warm-up", "1"));
    line.addAll(List.of("--out", target.toString()));
    assertThat(bench(line.toArray(String[]::new))).as(err.toString()).isZero();
    JsonNode rows = Json.read(target.resolve("bench.json"), JsonNode.class).get("rows");
    assertThat(rows.findValuesAsText("ours"))
        .containsExactly("compiled, 1 × 2", "compiled, 2 × 1", "stock, 1 × 2", "stock, 2 × 1");
    double best =
        Math.max(rows.get(2).get("median").asDouble(), rows.get(3).get("median").asDouble());
    for (JsonNode row : rows) {
      assertThat(row.get("peer").asText()).startsWith("stock");
      assertThat(row.get("ratio").asDouble())
          .isCloseTo(row.get("median").asDouble() / best, within(1e-9));
    }
  }

  @Test
  void opsTellTheirShareOfACopy() throws IOException {
    Path target = folder.resolve("out");
    String words = "ops --rows 64 --width 48 --peers compiled --threads 1 --rounds 1 --warm-up 0";
    List<String> line = new ArrayList<>(List.of(words.split(" ", -1)));
    line.addAll(List.of("--out", target.toString()));
    assertThat(bench(line.toArray(String[]::new))).as(err.toString()).isZero();
    JsonNode rows = Json.read(target.resolve("bench.json"), JsonNode.class).get("rows");
    List<String> rates = new ArrayList<>();
    for (JsonNode row : rows) {
      if (row.get("peer").asText().equals("copy")) {
        rates.add(row.get("case").asText());
        assertThat(row.get("unit").asText()).isEqualTo("GB/s read and written");
        assertThat(row.get("ratio").asDouble()).isPositive();
      }
    }
    assertThat(rates)
        .hasSize(2 * 4)
        .contains("rms-norm 64×48, forward", "dyt 64×48, forward and backward");
  }

  @Test
  void everyTransformIsTimed() throws IOException {
    Path target = folder.resolve("out");
    assertThat(bench("augment", "--rounds", "1", "--warm-up", "0", "--out", target.toString()))
        .as(err.toString())
        .isZero();
    JsonNode rows = Json.read(target.resolve("bench.json"), JsonNode.class).get("rows");
    assertThat(rows.findValuesAsText("case"))
        .contains("shift", "crop, bicubic", "randaugment", "dino 2+6 crops")
        .doesNotHaveDuplicates();
    for (JsonNode row : rows) {
      assertThat(row.get("unit").asText()).isEqualTo("images/s");
      assertThat(row.get("median").asDouble()).isPositive();
    }
  }

  @Test
  void stepsOfSeveralLossesAreTimedBesideTheirSum() throws IOException {
    Path target = folder.resolve("out");
    assertThat(bench("tasks", "--rounds", "1", "--warm-up", "0", "--out", target.toString()))
        .as(err.toString())
        .isZero();
    JsonNode rows = Json.read(target.resolve("bench.json"), JsonNode.class).get("rows");
    assertThat(rows.findValuesAsText("ours"))
        .contains("sum of losses", "equal", "nash")
        .hasSize(2 * 7);
    for (JsonNode row : rows) {
      assertThat(row.get("peer").asText()).isEqualTo("sum of losses");
      assertThat(row.get("median").asDouble()).isPositive();
    }
  }
}
