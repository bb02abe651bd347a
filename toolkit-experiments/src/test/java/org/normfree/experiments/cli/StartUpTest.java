package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartUpTest {
  @ParameterizedTest
  @ValueSource(strings = {"list", "--help"})
  void askingWhatThereIsDoesNotStartNd4j(String word) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+init=info",
                "-cp",
                System.getProperty("java.class.path"),
                Toolkit.class.getName(),
                word)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    List<String> initialized =
        output.lines().filter(line -> line.contains("Initializing '")).toList();
    assertThat(initialized).anyMatch(line -> line.contains("'org/normfree/experiments/cli/"));
    assertThat(initialized).noneMatch(line -> line.contains("'org/nd4j/linalg/factory/Nd4j"));
  }
}
