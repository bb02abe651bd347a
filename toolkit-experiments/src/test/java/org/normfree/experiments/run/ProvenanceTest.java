package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.record.Json;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;

class ProvenanceTest {
  private static final Config CONFIG = Config.defaults("test", List.of(Keys.SEED, Keys.THREADS));

  @TempDir Path folder;

  private static Provenance now() {
    return Provenance.of(CONFIG, List.of("toolkit"), Clock.systemUTC());
  }

  private Provenance read(String content) throws IOException {
    return Json.read(
        Files.writeString(folder.resolve("provenance.json"), content), Provenance.class);
  }

  /** What a file says if one of its fields says something else. */
  private Provenance changed(String field, String value) throws IOException {
    ObjectNode tree = Json.MAPPER.valueToTree(now());
    tree.set(field, Json.MAPPER.readTree(value));
    return read(tree.toString());
  }

  @Test
  void whatRunsIsToldWithoutStartingNd4j() {
    Provenance now = now();
    assertThat(now.natives())
        .containsEntry("nd4j-native", "1.0.0-M2.1")
        .containsKeys("javacpp", "openblas", "onednn");
    assertThat(now.natives().values()).allMatch(version -> version.matches("\\d+\\..*"));
    assertThat(now.jvmFlags()).isNotNull();
    assertThat(now.vectorApi()).isNotNull();
    assertThat(now.end()).isNull();
    assertThat(now.kernels()).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Clock clock = Clock.fixed(Instant.parse("2030-05-17T11:22:33.456Z"), ZoneOffset.UTC);
    Provenance ended = now().endedAt(clock, List.of("onednn", "java"), "0123");
    Provenance again = read(Json.line(ended));
    assertThat(again).isEqualTo(ended);
    assertThat(again.end()).isEqualTo("2030-05-17T11:22:33Z");
    assertThat(again.dataHash()).isEqualTo("0123");
    Provenance resumed = ended.resumedBy(now());
    assertThat(resumed.end()).as("it goes on").isNull();
    assertThat(resumed.resumed()).hasSize(1);
    assertThat(read(Json.line(resumed))).isEqualTo(resumed);
  }

  @Test
  void aFileOfAnOlderToolkitIsRead() throws IOException {
    Provenance old =
        read(
            """
            {"time" : "2026-11-20T10:00:00Z", "version" : "0.1.0", "commit" : "abc",
             "java" : "17", "os" : "Linux", "cpu" : "some", "cores" : 2, "nd4j" : "1.0.0-M2.1",
             "threads" : 1, "configHash" : "0123456789abcdef", "command" : [ "toolkit", "run" ]}
            """);
    assertThat(old.natives()).isEmpty();
    assertThat(old.dirty()).isNull();
    assertThat(old.vectorBits()).isZero();
    List<String> differences = now().differencesFrom(old);
    assertThat(differences).anyMatch(line -> line.endsWith(", it was some"));
    assertThat(differences)
        .last()
        .asString()
        .startsWith("not recorded then: ")
        .contains("native libraries", "Vector API");
  }

  @Test
  void theSameProcessIsTheSameEnvironment() {
    assertThat(now().differencesFrom(now()))
        .filteredOn(line -> !line.startsWith("commit: with changes"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version|\"9.9\"|toolkit",
        "commit|\"fedcba\"|commit",
        "java|\"21 (other)\"|Java",
        "jvmFlags|[\"-XX:UseAVX=1\"]|Java's options",
        "os|\"Other 1 arch\"|system",
        "cpu|\"Other\"|processor",
        "vectorBits|77|vectors",
        "nd4j|\"2.0\"|ND4J",
        "natives|{\"openblas\":\"0.1\"}|native libraries",
        "vectorApi|\"OTHER\"|Vector API"
      })
  void everyPartOfTheEnvironmentIsCompared(String field, String value, String said)
      throws IOException {
    String other = value.equals("\"OTHER\"") ? String.valueOf(!now().vectorApi()) : value;
    assertThat(now().differencesFrom(changed(field, other)))
        .filteredOn(line -> line.startsWith(said + ": "))
        .singleElement()
        .asString()
        .contains(", it was ");
  }

  @ParameterizedTest
  @CsvSource({"time", "configHash", "cores", "threads"})
  void whenAndHowItWasCalledIsNone(String field) throws IOException {
    assertThat(
            now().differencesFrom(changed(field, field.matches("cores|threads") ? "77" : "\"x\"")))
        .filteredOn(line -> !line.startsWith("commit: with changes"))
        .isEmpty();
  }

  @Test
  void changesOfTwoTreesAtOneCommitMayDiffer() throws IOException {
    Provenance dirty = changed("dirty", "true");
    assertThat(dirty.differencesFrom(dirty))
        .containsExactly(
            "commit: with changes that are in no commit, now and then; they may differ");
  }

  private static DataIdentity data(String source, String sha256) {
    return new DataIdentity(
        source, new TreeMap<>(Map.of("train", new DataIdentity.Part(3, "images", sha256))));
  }

  private String dataHash(String name, DataIdentity... data) {
    Path out = folder.resolve(name);
    try (RunDirectory run = RunDirectory.open(out, CONFIG, List.of())) {
      for (DataIdentity identity : data) {
        run.trainedOn(identity);
      }
      run.finish(Outcome.done(Map.of("loss", 1.0)));
    }
    return Json.read(out.resolve("provenance.json"), Provenance.class).dataHash();
  }

  @Test
  void theDataCountsAndNotItsPlace() {
    assertThat(dataHash("none")).isNull();
    String one = dataHash("a", data("data.path=/a", "aa"));
    assertThat(one).matches("[0-9a-f]{16}").isEqualTo(dataHash("b", data("data.path=/b", "aa")));
    assertThat(one).isNotEqualTo(dataHash("c", data("data.path=/a", "ab")));
    String two = dataHash("d", data("x", "aa"), data("y", "ab"));
    assertThat(two).isNotEqualTo(one).isEqualTo(dataHash("e", data("x", "ab"), data("y", "aa")));
  }

  @Test
  void theEndIsNotedWhenARunFinishes() throws IOException {
    Path out = folder.resolve("out");
    Trial trial = new Trial("test", "dyt", Map.of(), 1, Trial.FINAL);
    try (RunDirectory run = RunDirectory.open(out, CONFIG, List.of())) {
      try (RunDirectory child = run.child("one", trial, CONFIG)) {
        child.finish(Outcome.diverged(4, Map.of()));
      }
      assertThat(Json.read(out.resolve("runs/one/provenance.json"), Provenance.class).end())
          .isNotNull();
      assertThat(Json.read(out.resolve("provenance.json"), Provenance.class).end()).isNull();
      // nobody loses a run by it
      Files.writeString(out.resolve("provenance.json"), "{");
      run.finish(Outcome.done(Map.of("loss", 1.0)));
    }
    assertThat(out.resolve("DONE")).exists();
    assertThat(out.resolve("provenance.json")).hasContent("{");
  }
}
