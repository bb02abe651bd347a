package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.record.Json;
import org.normfree.core.record.RunFiles;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Config;

class StartUpTest {
  /** What takes long to load, and no question or first line needs. */
  private static final List<String> SLOW =
      List.of("org/nd4j/linalg/factory/Nd4j", "ch/qos/logback/", "com/fasterxml/jackson/databind/");

  @TempDir Path folder;

  private static Process toolkit(Stream<String> words) throws IOException {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xlog:class+init=info",
            "-cp",
            System.getProperty("java.class.path"),
            Toolkit.class.getName());
    return new ProcessBuilder(Stream.concat(java, words).toList())
        .redirectErrorStream(true)
        .start();
  }

  private static void assertFast(List<String> said) {
    List<String> initialized =
        said.stream().filter(line -> line.contains("Initializing '")).toList();
    assertThat(initialized).anyMatch(line -> line.contains("'org/normfree/experiments/cli/"));
    for (String slow : SLOW) {
      assertThat(initialized).noneMatch(line -> line.contains("'" + slow));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "--help", "run train --help"})
  void askingWhatThereIsLoadsNothingSlow(String words) throws IOException, InterruptedException {
    Process process = toolkit(Stream.of(words.split(" ")));
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertFast(output.lines().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "train width=36 depth=2 method=pre-ln",
        "method-comparison methods=pre-ln,dyt",
        "dna-pretraining",
        "language-model",
        "language-model width=32 heads=2 lr=0.001",
        "language-model methods=pre-ln",
      })
  void norDoesARunBeforeItsFirstLine(String words) throws IOException {
    assertFirstLineIsFast(Stream.of(words.split(" ")).toList());
  }

  @Test
  void norDoesOneThatGoesOn() throws IOException {
    Experiment train = Experiments.installed().named("train");
    Path run = Files.createDirectory(folder.resolve("run"));
    Config config = Config.defaults("train", train.keys());
    Files.write(run.resolve(RunFiles.CONFIG), Json.pretty(config.toMap()));
    assertFirstLineIsFast(List.of("train"));
  }

  private void assertFirstLineIsFast(List<String> command) throws IOException {
    String name = command.get(0);
    Process process =
        toolkit(
            Stream.concat(
                Stream.of("run", "--out", folder.resolve("run").toString()), command.stream()));
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> before = lines.lines().takeWhile(line -> !line.startsWith(name + ": ")).toList();
      assertFast(before);
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }
}
