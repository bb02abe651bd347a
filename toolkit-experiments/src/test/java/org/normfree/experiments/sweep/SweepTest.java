package org.normfree.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;

class SweepTest {
  private static final Config CONFIG = Config.defaults("sweep", List.of(Keys.SEED));

  @TempDir Path folder;
  private RunDirectory directory;
  private final ConcurrentLinkedQueue<Long> ran = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void open() {
    directory = RunDirectory.open(folder.resolve("sweep"), CONFIG, List.of());
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private SweepTrial trial(long seed, SweepTrial.Body body) {
    return new SweepTrial(
        "seed-" + seed,
        new Trial("sweep", "dyt", Map.of(), seed, Trial.FINAL),
        CONFIG.with(Keys.SEED, seed),
        (config, run, progress) -> {
          ran.add(config.get(Keys.SEED));
          return body.run(config, run, progress);
        });
  }

  private static SweepTrial.Body value(double value) {
    return (config, run, progress) -> Outcome.done(Map.of("accuracy", value));
  }

  private static SweepTrial.Body failing(Exception failure) {
    return (config, run, progress) -> {
      throw failure;
    };
  }

  @Test
  void goesOnPastAFailedAndADivergedRunInTheGivenOrder() {
    List<SweepTrial> trials =
        List.of(
            trial(1, failing(new IOException("broken"))),
            trial(2, (config, run, progress) -> Outcome.diverged(7, Map.of("accuracy", 58.5))),
            trial(3, value(90)));
    List<TrialResult> results = new Sweep(directory, 1).run("sweep", trials);
    assertThat(results)
        .extracting(r -> r.outcome().marker())
        .containsExactly(Marker.FAILED, Marker.DIVERGED, Marker.DONE);
    assertThat(results.get(0).note()).isEqualTo("seed-1 failed: IOException: broken");
    assertThat(results.get(1).note()).isEqualTo("seed-2 diverged: loss not finite at step 7");

    ran.clear();
    List<TrialResult> again = new Sweep(directory, 1).run("sweep", trials);
    assertThat(ran).containsExactly(1L);
    assertThat(again).isEqualTo(results);
  }

  @Test
  void nonFiniteResultsAreReadBackAsTheyWere() {
    SweepTrial trial = trial(1, value(Double.NaN));
    assertThat(new Sweep(directory, 1).run("s", List.of(trial)))
        .isEqualTo(new Sweep(directory, 1).run("s", List.of(trial)));
    assertThat(ran).hasSize(1);
  }

  @Test
  void runsGoOnSideBySideAndResultsKeepTheirOrder() {
    CountDownLatch bothStarted = new CountDownLatch(2);
    SweepTrial.Body meet =
        (config, run, progress) -> {
          bothStarted.countDown();
          boolean met = bothStarted.await(20, TimeUnit.SECONDS);
          return Outcome.done(Map.of("met", met ? 1.0 : 0.0));
        };
    List<TrialResult> results =
        new Sweep(directory, 2).run("sweep", List.of(trial(1, meet), trial(2, meet)));
    assertThat(results).extracting(r -> r.outcome().values().get("met")).containsExactly(1.0, 1.0);
    assertThat(results).extracting(TrialResult::id).containsExactly("seed-1", "seed-2");
  }

  @Test
  void settingsThatCannotBeRunEndTheSweepAndLeaveNoDirectory() {
    List<SweepTrial> trials =
        List.of(
            trial(1, value(1)),
            trial(2, failing(new InputException("width=5: expected a multiple of heads=2"))),
            trial(3, value(3)));
    assertThatThrownBy(() -> new Sweep(directory, 1).run("sweep", trials))
        .isInstanceOf(InputException.class)
        .hasMessage("width=5: expected a multiple of heads=2");
    assertThat(ran).containsExactly(1L, 2L);
    assertThat(directory.childPath("seed-1").resolve("DONE")).exists();
    assertThat(directory.childPath("seed-2")).doesNotExist();
  }

  @Test
  void aDiskThatTakesNoMoreEndsTheSweepAndTheRunCanGoOn() {
    UncheckedIOException full =
        new UncheckedIOException(new IOException("No space left on device"));
    List<SweepTrial> trials = List.of(trial(1, failing(full)), trial(2, value(2)));
    assertThatThrownBy(() -> new Sweep(directory, 1).run("sweep", trials)).isSameAs(full);
    assertThat(ran).containsExactly(1L);
    assertThat(directory.childPath("seed-1").resolve("FAILED")).doesNotExist();
  }

  @Test
  void anErrorOfOneRunIsNotTheNextOnes() {
    List<TrialResult> results =
        new Sweep(directory, 1)
            .run(
                "sweep",
                List.of(
                    trial(
                        1,
                        (config, run, progress) -> {
                          throw new OutOfMemoryError("heap");
                        }),
                    trial(2, value(2))));
    assertThat(results).extracting(TrialResult::done).containsExactly(false, true);
  }

  @Test
  void idsMustBeUniqueNamesOfFolders() {
    Sweep sweep = new Sweep(directory, 1);
    assertThatThrownBy(() -> sweep.run("s", List.of(trial(1, value(1)), trial(1, value(1)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Stream.of("../x", "a/b", "", ".x"))
        .allSatisfy(
            id ->
                assertThatThrownBy(() -> directory.childPath(id))
                    .isInstanceOf(IllegalArgumentException.class));
  }
}
