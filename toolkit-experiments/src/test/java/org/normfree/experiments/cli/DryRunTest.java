package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunTest {
  @TempDir Path folder;

  private ToolkitRunner.Output dry(String words) {
    return ToolkitRunner.run(
        Stream.concat(
                Stream.of(words.split(" ")),
                Stream.of("--dry-run", "--out", folder.resolve("x").toString()))
            .toList());
  }

  @Test
  void theRunsAreListedWithTheirSizesAndNoneIsCarriedOut() throws IOException {
    ToolkitRunner.Output output =
        dry(
            "run method-comparison methods=dyt,pre-ln lr.grid=0.01 seeds=2 width=8 heads=1 depth=1"
                + " steps=70 warmup=0");
    assertThat(output.exitCode()).as(output.err()).isZero();
    List<String> lines = output.out().lines().toList();
    assertThat(lines.get(0)).startsWith("run").contains("steps", "parameters");
    assertThat(lines).anyMatch(line -> line.matches("dyt-.*seed1 +70 +1,1\\d\\d +0\\.0"));
    assertThat(lines).anyMatch(line -> line.startsWith("4 runs at first"));
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "Their steps take about .* s.*: an estimate by the shortest of the first steps of 2 runs, .*"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void everyRunOfASweepIsCheckedBeforeTheFirst() throws IOException {
    for (String words :
        List.of(
            "run method-comparison methods=dyt,pre-ln width=7 heads=2",
            "run method-comparison methods=dyt,pre-ln lr.grid=0.01,0.001 lr.min=0.005",
            "run method-comparison methods=dyt,deepnorm model=convnext dims=8 depths=1",
            "run train method=pre-ln alpha0=0.3",
            "run train method=dyt-no-alpha alpha.per.channel=true",
            "run train method=dyt layerscale=0.5",
            "run method-comparison methods=pre-ln,fixup alpha0=0.3",
            "run translation methods=pre-ln,deepnorm alpha0=0.3",
            "run train precision=bf16 kernels=java",
            "run train precision=bf16 executor=stock",
            "run method-comparison methods=dyt,pre-ln precision=bf16 kernels=nd4j",
            "run translation source=en target=en",
            "run translation data=tsv",
            "run language-model methods=dyt width=10 heads=3",
            "run train data=cifar10 data.path=nowhere")) {
      ToolkitRunner.Output output = dry(words);
      assertThat(output.exitCode()).as(words).isEqualTo(2);
      assertThat(output.err().lines()).as(words).singleElement().asString().startsWith("toolkit: ");
      assertThat(output.out()).isEmpty();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anOptionThatOneOfSeveralMethodsReadsMayBeSet() {
    ToolkitRunner.Output output =
        dry(
            "run method-comparison methods=pre-ln,dyt alpha0=0.3 lr.grid=0.01 seeds=1 width=8"
                + " heads=1 depth=1 steps=70 warmup=0");
    assertThat(output.exitCode()).as(output.err()).isZero();
  }
}
