package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.experiments.cli.Toolkit;

/** A person at a terminal, which the command {@code script} of Linux provides. */
class TerminalTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final int CTRL_C = 3;

  @TempDir Path folder;

  @Test
  void ctrlCWhileABarMovesSaysThatTheSameCommandGoesOn() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(SCRIPT) && System.getProperty("os.name").equals("Linux"));
    String java =
        String.join(
            " ",
            // whoever starts the build in the background has Ctrl-C ignored, and Java leaves it so
            "env --default-signal=INT",
            "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "'",
            "-XX:TieredStopAtLevel=1 -Dtoolkit.terminal=true -cp",
            "'" + System.getProperty("java.class.path") + "'",
            Toolkit.class.getName(),
            "run train width=8 heads=2 depth=1 batch=8 steps=1000000 --out",
            "'" + folder.resolve("run") + "'");
    Process process =
        new ProcessBuilder(SCRIPT.toString(), "-qefc", java, "/dev/null")
            .redirectErrorStream(true)
            .start();
    CompletableFuture.delayedExecutor(10, TimeUnit.MINUTES).execute(() -> end(process));
    try (InputStream in = process.getInputStream();
        OutputStream keys = process.getOutputStream()) {
      StringBuilder shown = new StringBuilder();
      byte[] buffer = new byte[4096];
      boolean pressed = false;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        shown.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        if (!pressed && shown.indexOf("] 0/1") >= 0 && shown.indexOf("starting") >= 0) {
          assertThat(shown.toString()).contains("/ ?)");
          keys.write(CTRL_C);
          keys.flush();
          pressed = true;
        }
      }
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(pressed).as(shown.toString()).isTrue();
      assertThat(shown.toString())
          .contains("\r\u001b[2Ktrain: checking its settings ...\r\u001b[2K")
          .contains("\r\u001b[2Kstopped: the same command goes on from here");
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
