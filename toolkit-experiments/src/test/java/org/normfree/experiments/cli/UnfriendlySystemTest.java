package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.experiments.Tiny;

/** Processes of their own where something is missing: room for their output, memory, letters. */
class UnfriendlySystemTest {
  private static final File FULL = new File("/dev/full");

  @TempDir Path folder;

  private ProcessBuilder java(List<String> options, Class<?> main, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(words));
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  private static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "--help", "--version", "run --help", "run train --help"})
  void anOutputThatIsFullExits2(String words) throws Exception {
    assumeTrue(FULL.exists());
    Process process = java(List.of(), Toolkit.class, words.split(" ")).redirectOutput(FULL).start();
    assertThat(errors(process).lines())
        .containsExactly(
            "toolkit: the standard output could not be written to: it is full, or was closed; give"
                + " it another place");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void aTableThatCannotBePrintedExits2AndTheRunIsThere() throws Exception {
    assumeTrue(FULL.exists());
    Process process =
        java(List.of(), Tiny.class, "steps=5", "seeds=1", "--out", "x")
            .redirectOutput(FULL)
            .start();
    assertThat(errors(process)).contains("the standard output could not be written to");
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(folder.resolve("x/DONE")).exists();
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16})
  void aHeapThatIsTooSmallIsSaidInWordsWithTheFlag(int mega) throws Exception {
    Process process =
        java(
                List.of("-Xmx" + mega + "m", "-XX:+UseSerialGC"),
                Toolkit.class,
                "run train width=8 heads=1 depth=1 steps=1 warmup=0 --out x".split(" "))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    String errors = errors(process);
    assertThat(process.waitFor()).as(errors).isNotZero();
    assertThat(errors.lines().filter(line -> line.startsWith("toolkit: ")))
        .as(errors)
        .singleElement()
        .asString()
        .contains("OutOfMemoryError", "TOOLKIT_JAVA_OPTS=-Xmx8g");
    assertThat(errors).doesNotContain("\tat ");
  }

  /** The launcher sets a locale that has all letters; without it the remedy is told. */
  @Test
  void lettersThatTheLocaleLacksAreToldWithTheRemedy() throws Exception {
    assumeTrue(
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('\u00fc'),
        "this process itself cannot name such a file");
    Path pictures = folder.resolve("pictures");
    for (String name : List.of("gr\u00fcn", "\u00c4pfel")) {
      Files.createDirectories(pictures.resolve(name));
    }
    ProcessBuilder builder =
        java(
            List.of(),
            Toolkit.class,
            "run train data=folder data.path=pictures --out x".split(" "));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String errors = errors(process);
    assertThat(process.waitFor()).as(errors).isEqualTo(2);
    assertThat(errors.lines()).singleElement().asString().startsWith("toolkit: ");
    assertThat(errors).contains("LC_ALL=C.UTF-8");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
