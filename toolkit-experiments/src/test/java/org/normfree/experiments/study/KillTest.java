package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real training run that is killed and started again ends with the bytes of one that was not. */
class KillTest {
  private static final List<String> SETTINGS =
      List.of(
          "run",
          "train",
          "method=sigma-reparam",
          "width=8",
          "heads=2",
          "depth=2",
          "patch=4",
          "batch=64",
          "epochs=12",
          "drop.path=0.2",
          "mixup=0.3",
          "crop=1",
          "ema=0.9",
          "checkpoint.every=7");

  @TempDir Path folder;

  private Process start(String out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("org.normfree.experiments.cli.Toolkit");
    command.addAll(SETTINGS);
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(out + ".log").toFile())
        .start();
  }

  private void finish(String out) throws Exception {
    Process process = start(out);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve(out + ".log"))).isZero();
  }

  @Test
  void resumesToTheSameBytes() throws Exception {
    finish("whole");
    Process killed = start("killed");
    Path metrics = folder.resolve("killed/metrics.jsonl");
    while (killed.isAlive() && (!Files.exists(metrics) || Files.size(metrics) < 900)) {
      killed.waitFor(2, TimeUnit.MILLISECONDS);
    }
    killed.destroyForcibly().waitFor();
    assertThat(folder.resolve("killed/DONE")).doesNotExist();
    finish("killed");
    assertThat(Files.readString(folder.resolve("killed.log")).toLowerCase(Locale.ROOT))
        .contains("resuming");
    for (String file :
        List.of(
            "metrics.jsonl",
            "summary.json",
            "checkpoints/final/model.safetensors",
            "checkpoints/final/optimizer.safetensors",
            "checkpoints/final/state.json")) {
      assertThat(folder.resolve("killed/" + file))
          .hasSameBinaryContentAs(folder.resolve("whole/" + file));
    }
  }
}
