package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.run.Provenance;

/** What happens to a run whose process is killed, seen from outside the process. */
class ResumeTest {
  private static final Tiny TINY = new Tiny("tiny");

  @TempDir Path folder;

  private static Result run(Path out) {
    Config config =
        Config.resolve("tiny", TINY.keys(), Optional.empty(), List.of("seeds=1", "jobs=1"));
    return Launch.run(TINY, config, out, List.of("test"));
  }

  @Test
  void aKilledRunIsContinuedToTheBytesOfAnUnbrokenOne() throws Exception {
    Path killed = folder.resolve("killed");
    Path errors = folder.resolve("errors");
    try (ChildProcess child =
        ChildProcess.start(errors, "--out", killed.toString(), "seeds=1", "jobs=1", "pause=37")) {
      assertThat(child.output().readLine()).as(() -> text(errors)).isEqualTo("waiting");

      // a second run in the directory is refused while the first one lives
      assertThatThrownBy(() -> run(killed))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("in use by another run (process " + child.process().pid() + ")");
      child.kill();
    }
    Path metrics = killed.resolve("runs/seed-1/metrics.jsonl");
    assertThat(Files.readAllLines(metrics)).hasSize(37);
    assertThat(killed.resolve("DONE")).doesNotExist();

    run(killed);
    Path unbroken = folder.resolve("unbroken");
    run(unbroken);

    for (String file :
        List.of(
            "summary.json",
            "runs/seed-1/metrics.jsonl",
            "runs/seed-1/result.json",
            "runs/seed-1/checkpoints/last")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
    }
    assertThat(killed.resolve("DONE")).exists();
    Provenance provenance = Json.read(killed.resolve("provenance.json"), Provenance.class);
    assertThat(provenance.resumed()).hasSize(1);
  }

  @Test
  void aSecondProcessIsRefusedWithOneLineAndExitCode2() throws Exception {
    Path out = folder.resolve("held");
    Path errors = folder.resolve("errors");
    Path errors2 = folder.resolve("errors2");
    String[] args = {"--out", out.toString(), "seeds=1", "jobs=1", "pause=20"};
    try (ChildProcess first = ChildProcess.start(errors, args)) {
      assertThat(first.output().readLine()).as(() -> text(errors)).isEqualTo("waiting");
      try (ChildProcess second = ChildProcess.start(errors2, args)) {
        assertThat(second.process().waitFor()).isEqualTo(2);
      }
      assertThat(text(errors2).lines())
          .singleElement()
          .asString()
          .startsWith("toolkit: ")
          .contains("is in use by another run");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
