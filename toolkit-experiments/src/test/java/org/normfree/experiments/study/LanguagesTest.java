package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.cli.ToolkitRunner;

/**
 * Names, numbers and messages are the same whatever language the system speaks: its digits, its
 * decimal comma, its upper case of i, its calendar.
 */
class LanguagesTest {
  private static final List<String> TINY =
      List.of("run", "train", "width=8", "heads=2", "depth=1", "patch=4", "vector=off");

  private final Locale before = Locale.getDefault();
  @TempDir Path folder;

  @AfterEach
  void speakAsBefore() {
    Locale.setDefault(before);
  }

  private static ToolkitRunner.Output run(Path out, String... settings) {
    List<String> words = new ArrayList<>(TINY);
    words.addAll(List.of(settings));
    words.addAll(List.of("--out", out.toString()));
    return ToolkitRunner.run(words);
  }

  /** What must not depend on the language; the rest holds times and the command. */
  private static Map<String, String> comparable(Path out) throws IOException {
    Map<String, String> tree = FileTree.of(out);
    tree.keySet().removeIf(name -> name.matches("(.*/)?(provenance.json|timing.jsonl|\\.lock)"));
    return tree;
  }

  private static void hasPlainDigits(Path out) throws IOException {
    try (Stream<Path> all = Files.walk(out)) {
      for (Path path : all.toList()) {
        assertThat(path.toString().codePoints()).as("%s", path).noneMatch(LanguagesTest::isForeign);
        if (path.toString().matches(".*\\.jsonl?")) {
          assertThat(Files.readString(path).codePoints())
              .as("%s", path)
              .noneMatch(LanguagesTest::isForeign);
        }
      }
    }
  }

  private static boolean isForeign(int character) {
    return character > '9' && Character.isDigit(character);
  }

  @Test
  void runsAndRefusalsAreTheSame() throws IOException {
    Map<String, String> expected = Map.of();
    List<String> said = List.of();
    for (String language :
        List.of(
            "en-US",
            "ar-EG",
            "fa-IR",
            "hi-IN-u-nu-deva",
            "th-TH-u-nu-thai",
            "ja-JP-u-ca-japanese",
            "tr-TR",
            "de-DE")) {
      Locale.setDefault(Locale.forLanguageTag(language));
      Path out = folder.resolve(language);
      ToolkitRunner.Output done =
          run(out, "seeds=2", "steps=4", "checkpoint.every=1", "batch=32", "warmup=0", "pool=mean");
      assertThat(done.exitCode()).as("%s: %s", language, done.err()).isZero();
      List<String> says =
          List.of(
              done.out(),
              run(folder.resolve("refused"), "width=7").err(),
              run(folder.resolve("refused"), "patch=3").err(),
              run(folder.resolve("refused"), "lr=-1").err(),
              ToolkitRunner.run(List.of("run", "train", "--help")).out(),
              ToolkitRunner.run(List.of("paper", "--preset", "QUICKER")).err());
      hasPlainDigits(out);
      if (said.isEmpty()) {
        expected = comparable(out);
        said = says;
        assertThat(expected).hasSizeGreaterThan(20);
      }
      assertThat(says).as(language).isEqualTo(said);
      assertThat(comparable(out)).as(language).isEqualTo(expected);
    }
  }

  private Process start(String out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Duser.language=ar", "-Duser.country=EG", "-Xmx1g"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add("org.normfree.experiments.cli.Toolkit");
    command.addAll(TINY);
    command.addAll(List.of("batch=64", "epochs=12", "checkpoint.every=7"));
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(out + ".log").toFile())
        .start();
  }

  @Test
  void aKilledRunFindsItsCheckpointsAgain() throws Exception {
    Path out = folder.resolve("ar");
    Path checkpoints = out.resolve("checkpoints");
    Process killed = start("ar");
    // by the fourth checkpoint the first is gone
    while (killed.isAlive() && !Files.exists(checkpoints.resolve("step-00000028"))) {
      killed.waitFor(2, TimeUnit.MILLISECONDS);
    }
    killed.destroyForcibly().waitFor();
    assertThat(out.resolve("DONE")).doesNotExist();
    assertThat(checkpoints.resolve("step-00000007")).doesNotExist();
    hasPlainDigits(out);

    Process resumed = start("ar");
    assertThat(resumed.waitFor(10, TimeUnit.MINUTES)).isTrue();
    String log = Files.readString(folder.resolve("ar.log"), StandardCharsets.UTF_8);
    assertThat(resumed.exitValue()).as(log).isZero();
    assertThat(log).contains("resuming");
    Locale.setDefault(Locale.US);
    assertThat(run(folder.resolve("en"), "batch=64", "epochs=12", "checkpoint.every=7").exitCode())
        .isZero();
    assertThat(comparable(out)).isEqualTo(comparable(folder.resolve("en")));
    hasPlainDigits(out);
  }
}
