package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.launch.RunFailedException;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.Provenance;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.TrialResult;

class LaunchTest {
  private static final Tiny TINY = new Tiny("tiny");

  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void out() {
    out = folder.resolve("a folder/tiny");
  }

  private Result run(String... assignments) {
    Config config = Config.resolve("tiny", TINY.keys(), Optional.empty(), List.of(assignments));
    return Launch.run(TINY, config, out, List.of("toolkit", "run", "tiny"));
  }

  private Map<Path, FileTime> files() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(out)) {
      for (Path file : all.filter(f -> !f.endsWith(".lock")).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  @Test
  void aRunLeavesSettingsProvenanceSummaryAndMarker() {
    Result result = run();
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    SummaryRow row = result.summary().rows().get(0);
    assertThat(row.n()).isEqualTo(3);
    assertThat(row.seeds()).containsExactly(1L, 2L, 3L);
    for (String file : List.of("config.json", "provenance.json", "summary.json", "DONE")) {
      assertThat(out.resolve(file)).exists();
    }
    for (String file :
        List.of("config.json", "trial.json", "metrics.jsonl", "result.json", "DONE")) {
      assertThat(out.resolve("runs/seed-2").resolve(file)).exists();
    }
    Provenance provenance = Json.read(out.resolve("provenance.json"), Provenance.class);
    assertThat(provenance.nd4j()).isEqualTo("1.0.0-M2.1");
    assertThat(provenance.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(provenance.command()).containsExactly("toolkit", "run", "tiny");
    assertThat(provenance.configHash()).matches("[0-9a-f]{16}");
    assertThat(provenance.cpu()).isNotBlank();
  }

  @Test
  void whatIsDoneIsReadBackAndNotTouched() throws IOException {
    Result first = run();
    Map<Path, FileTime> before = files();
    Result second = run("jobs=1");
    assertThat(second.summary()).isEqualTo(first.summary());
    assertThat(second.outcome()).isEqualTo(Marker.DONE);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void otherSettingsAreRefusedWithTheirNamesAndNothingIsTouched() throws IOException {
    run();
    Map<Path, FileTime> before = files();
    assertThatThrownBy(() -> run("steps=60", "seeds=2"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("seeds is 3 there, 2 here; steps is 50 there, 60 here");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aFolderOfOtherThingsIsRefusedAndNotTouched() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("thesis.tex"), "precious");
    Map<Path, FileTime> before = files();
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not empty (it holds thesis.tex)");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Files.writeString(folder.resolve("a folder"), "");
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot create the folder")
        .hasMessageContaining("a folder");
  }

  @Test
  void unusableSettingsDoNotOccupyTheDirectory() {
    assertThatThrownBy(() -> run("mode=input")).isInstanceOf(InputException.class);
    assertThat(out).doesNotExist();
    assertThat(run("mode=fine").outcome()).isEqualTo(Marker.DONE);
  }

  @Test
  void aDivergedRunIsAResult() {
    Result result = run("mode=diverge");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(result.summary().rows().get(0).diverged()).isEqualTo(1);
    assertThat(result.summary().rows().get(0).n()).isEqualTo(2);
    assertThat(result.notes()).containsExactly("seed-2 diverged: loss not finite at step 3");
    assertThat(out.resolve("runs/seed-2/DIVERGED")).hasContent("loss not finite at step 3");
    assertThat(out.resolve("DONE")).exists();
  }

  @Test
  void aFailedRunIsToldAndTriedAgainWhileTheOthersAreKept() throws IOException {
    Result result = run("mode=fail");
    assertThat(result.outcome()).isEqualTo(Marker.FAILED);
    assertThat(result.notes())
        .containsExactly("seed-2 failed: IllegalStateException: seed 2 fails");
    assertThat(out.resolve("FAILED")).exists();
    assertThat(out.resolve("runs/seed-2/FAILED")).exists();
    assertThat(out.resolve("runs/seed-2/error.log"))
        .content(StandardCharsets.UTF_8)
        .contains("Tiny.java");
    FileTime kept = Files.getLastModifiedTime(out.resolve("runs/seed-1/metrics.jsonl"));
    FileTime failed = FileTime.fromMillis(0);
    Files.setLastModifiedTime(out.resolve("runs/seed-2/FAILED"), failed);

    assertThat(run("mode=fail").outcome()).isEqualTo(Marker.FAILED);
    assertThat(Files.getLastModifiedTime(out.resolve("runs/seed-1/metrics.jsonl"))).isEqualTo(kept);
    assertThat(Files.getLastModifiedTime(out.resolve("runs/seed-2/FAILED"))).isNotEqualTo(failed);
  }

  @Test
  void aCrashOfTheExperimentIsRecordedWithItsStackTrace() {
    assertThatThrownBy(() -> run("mode=crash"))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("IllegalStateException: a bug in two lines")
        .hasMessageContaining("error.log");
    assertThat(out.resolve("FAILED")).hasContent("IllegalStateException: a bug in two lines");
    assertThat(out.resolve("error.log"))
        .content(StandardCharsets.UTF_8)
        .contains("at org.normfree");
    assertThatThrownBy(() -> run("mode=memory", "seeds=3"))
        .hasMessageContaining("mode is crash there, memory here");
  }

  @Test
  void outOfMemorySaysHowToAllowMore() {
    assertThatThrownBy(() -> run("mode=memory"))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("TOOLKIT_JAVA_OPTS");
  }

  @Test
  void damagedResultsAreNamed() throws IOException {
    run();
    Files.delete(out.resolve("DONE"));
    Files.writeString(out.resolve("runs/seed-1/result.json"), "{");
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("seed-1 is marked DONE but its result.json cannot be read");
  }

  /** An experiment that is one run, and diverges. */
  private record Single() implements Experiment {
    @Override
    public String name() {
      return "single";
    }

    @Override
    public String summary() {
      return "diverges";
    }

    @Override
    public List<Key<?>> keys() {
      return List.of();
    }

    @Override
    public Design design(Config config) {
      return Design.of("Does it end?", Metric.percent("accuracy", "accuracy"));
    }

    @Override
    public Runs run(Config config, RunDirectory directory) {
      Trial trial = new Trial("single", "dyt", Map.of(), 1, Trial.FINAL);
      return Runs.single(
          new TrialResult("single", trial, Outcome.diverged(40, Map.of("chance:accuracy", 10.0))));
    }
  }

  @Test
  void aSingleRunThatDivergedIsMarkedSoAndNotRunAgain() {
    Single single = new Single();
    Config config = Config.defaults("single", List.of());
    Result result = Launch.run(single, config, out, List.of());
    assertThat(result.outcome()).isEqualTo(Marker.DIVERGED);
    assertThat(out.resolve("DIVERGED")).hasContent("loss not finite at step 40");
    Result again = Launch.run(single, config, out, List.of());
    assertThat(again.outcome()).isEqualTo(Marker.DIVERGED);
    assertThat(again.summary()).isEqualTo(result.summary());
    assertThat(result.summary().rows().get(0).mean()).as("at chance").isCloseTo(10, within(1e-9));
  }
}
