package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.record.Json;

/**
 * A folder of golden vectors: every case of every {@code .json} and {@code .json.gz} in it, in
 * DOUBLE and in FLOAT. It lies in {@code shared/golden} near the repository, or in the folder that
 * {@code -Dnormfree.golden=} names; where neither is, the tests are skipped.
 */
public final class GoldenFolder {
  private final String name;
  private final Map<DataType, Double> tolerances;
  private final Map<String, Consumer<GoldenCase>> kinds = new LinkedHashMap<>();
  private final Set<String> waiting = new LinkedHashSet<>();
  private int cases;
  private int tensors;
  private double worst;

  /**
   * @param name of the folder below the place of all golden vectors; empty for the place itself
   * @param precise tolerance in DOUBLE, relative to a tensor's largest entry
   * @param single the same in FLOAT
   */
  public GoldenFolder(String name, double precise, double single) {
    this.name = name;
    tolerances = Map.of(DataType.DOUBLE, precise, DataType.FLOAT, single);
  }

  /** Says how a kind of case is checked. */
  public GoldenFolder kind(String kind, Consumer<GoldenCase> check) {
    assertThat(kinds.put(kind, check)).as("a second check for " + kind).isNull();
    assertThat(waiting).as("kinds that nothing checks yet").doesNotContain(kind);
    return this;
  }

  /** Says that nothing can check such cases yet: they are skipped, and said to be. */
  public GoldenFolder notYet(String... names) {
    for (String kind : names) {
      waiting.add(kind);
    }
    return this;
  }

  /** A test a case and type, and a last one that sums up. */
  public Stream<DynamicNode> tests() throws IOException {
    Optional<Path> folder = place().map(p -> p.resolve(name)).filter(Files::isDirectory);
    assumeTrue(folder.isPresent(), "no golden vectors beside the repository");
    List<DynamicNode> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder.orElseThrow())) {
      for (Path file : all.filter(GoldenFolder::isGolden).sorted().toList()) {
        String title = file.getFileName().toString();
        files.add(DynamicContainer.dynamicContainer(title, tests(title, read(file)).stream()));
      }
    }
    assertThat(files).as("files in " + folder.orElseThrow()).isNotEmpty();
    files.add(DynamicTest.dynamicTest("all of it", this::report));
    return files.stream();
  }

  private static boolean isGolden(Path file) {
    return file.toString().endsWith(".json") || file.toString().endsWith(".json.gz");
  }

  private static JsonNode read(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return Json.MAPPER.readTree(in);
    }
  }

  private static Optional<Path> place() {
    String named = System.getProperty("normfree.golden");
    Stream<Path> places =
        named == null
            ? Stream.of("..", "../..", "../../..").map(up -> Path.of(up, "shared", "golden"))
            : Stream.of(Path.of(named));
    return places.filter(Files::isDirectory).findFirst();
  }

  /** The tests of one file's cases. */
  List<DynamicTest> tests(String file, JsonNode all) {
    assertThat(all.isArray() && !all.isEmpty()).as("cases in " + file).isTrue();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      JsonNode golden = all.get(i);
      for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
        String title = "%s case %s, %s %s".formatted(file, i, golden.path("kind").asText(), type);
        tests.add(DynamicTest.dynamicTest(title, () -> check(golden, type)));
      }
    }
    return tests;
  }

  /** Checks one case; fails for a kind nobody knows and for values nobody looks at. */
  void check(JsonNode golden, DataType type) {
    GoldenCase one = new GoldenCase(golden, type, tolerances.get(type));
    assumeTrue(!waiting.contains(one.kind()), () -> "nothing checks " + one.kind() + " yet");
    Consumer<GoldenCase> check = kinds.get(one.kind());
    assertThat(check).as("a check for cases of kind " + one.kind()).isNotNull();
    check.accept(one);
    one.finish();
    if (type == DataType.DOUBLE) {
      cases++;
      tensors += one.tensors();
      worst = Math.max(worst, one.worst());
    }
  }

  private void report() {
    String title = name.isEmpty() ? "top" : name;
    System.out.printf(
        Locale.ROOT,
        "golden %s: %d cases, %d tensors, worst relative error %.1e%s%n",
        title,
        cases,
        tensors,
        worst,
        waiting.isEmpty() ? "" : ", not checked yet: " + waiting);
  }
}
