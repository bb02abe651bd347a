package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.experiments.cli.ToolkitRunner;

/** What is told of a run while another process is at it. */
class StatusTest {
  @TempDir Path folder;

  private String status(Path of) {
    ToolkitRunner.Output output = ToolkitRunner.run(List.of("status", of.toString()));
    assertThat(output.exitCode()).as(output.err()).isZero();
    return output.out();
  }

  @Test
  void aRunningSweepIsSeenAndNotDisturbed() throws Exception {
    Path out = folder.resolve("runs/tiny");
    Path errors = folder.resolve("errors");
    try (ChildProcess child =
        ChildProcess.start(errors, "--out", out.toString(), "seeds=4", "jobs=1", "pause=20")) {
      assertThat(child.output().readLine()).as(() -> text(errors)).isEqualTo("waiting");
      long pid = child.process().pid();
      for (int i = 0; i < 3; i++) {
        assertThat(status(folder))
            .contains("(tiny): running in process " + pid + " since 2")
            .contains("  4 runs: 1 running, 3 to come")
            .contains("  seed-1: running");
        assertThat(status(out.resolve("runs/seed-1"))).contains("(a run of tiny): running");
      }
      // the lock is still held: a second process is refused
      try (ChildProcess second =
          ChildProcess.start(
              folder.resolve("errors2"),
              "--out",
              out.toString(),
              "seeds=4",
              "jobs=1",
              "pause=20")) {
        assertThat(second.process().waitFor()).isEqualTo(2);
      }
      assertThat(text(folder.resolve("errors2"))).contains("(process " + pid + ")");
      child.kill();
    }
    assertThat(status(out))
        .contains("(tiny): interrupted; to go on: toolkit run tiny --out " + out)
        .contains("  4 runs: 1 interrupted, 3 to come")
        .contains("  seed-1: interrupted");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
