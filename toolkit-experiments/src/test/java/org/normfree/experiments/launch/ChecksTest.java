package org.normfree.experiments.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.normfree.core.InputException;
import org.normfree.core.UnavailableException;
import org.normfree.core.record.Json;
import org.normfree.core.record.RunFiles;
import org.normfree.experiments.ErrorStream;
import org.normfree.experiments.Tiny;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.sweep.HeldNotes;

class ChecksTest {
  private static final Experiment TRAIN = Experiments.installed().named("train");

  private static final int TRIES = Integer.getInteger("normfree.checks.tries", 4);

  @TempDir Path folder;

  private final ErrorStream errors = new ErrorStream();

  static List<Experiment> experiments() {
    return Experiments.installed().all();
  }

  /** So that what is told before they are looked at is not followed by a refusal. */
  @ParameterizedTest
  @MethodSource("experiments")
  void theDataAndNetworksOfAnExperimentItselfAreNeverRefused(Experiment experiment) {
    Config config = Config.defaults(experiment.name(), experiment.keys());
    HeldNotes.during(
        () -> {
          try {
            experiment.checkSettings(config);
          } catch (UnavailableException e) {
            return; // told before anything is looked at
          }
          experiment.check(config);
          experiment.checkNetworks(config);
        });
  }

  private void train(String... settings) {
    Config config =
        Config.resolve("train", TRAIN.keys(), Optional.empty(), Arrays.asList(settings));
    errors.during(
        () -> Launch.run(TRAIN, config, folder.resolve("run"), List.of(), Occasion.BY_HAND));
  }

  /**
   * The same where any settings were changed, at random: what settings by themselves let through is
   * refused neither by the experiment's own data nor by networks that surely fit.
   */
  @ParameterizedTest
  @MethodSource("experiments")
  void whatSettingsLetThroughIsNotRefusedLater(Experiment experiment) {
    RandomSettings random = new RandomSettings(experiment.name().hashCode());
    for (int i = 0; i < TRIES; i++) {
      List<String> settings = random.of(experiment.keys());
      Runnable look = () -> laterChecks(experiment, settings);
      assertThatCode(() -> HeldNotes.during(look)).as("%s", settings).doesNotThrowAnyException();
    }
  }

  private static void laterChecks(Experiment experiment, List<String> settings) {
    Config config;
    boolean fits;
    try {
      config = Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), settings);
      fits = experiment.checkSettings(config);
    } catch (InputException e) {
      return; // the only line
    }
    boolean own = config.isDefaultBesides(Keys.besidesData());
    try {
      experiment.check(config);
    } catch (InputException e) {
      assertThat(own).as(e.getMessage()).isFalse();
      return;
    }
    if (fits) {
      experiment.checkNetworks(config);
    }
  }

  @Test
  void whereNothingIsLeftToRefuseALineSaysSoFirst() {
    Experiment tiny = new Tiny("tiny");
    Config config = Config.resolve("tiny", tiny.keys(), Optional.empty(), List.of("seeds=2"));
    errors.during(() -> Launch.run(tiny, config, folder.resolve("run"), List.of()));
    assertThat(linesOf(errors)).startsWith("tiny: getting ready ...");
    assertThat(linesOf(errors).get(1)).startsWith("tiny: running in ");
  }

  @Test
  void aPlaceThatCannotBeUsedIsRefusedBeforeAnythingIsTold() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.createFile(foreign.resolve("thesis.txt"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    Experiment tiny = new Tiny("tiny");
    Config config = Config.defaults("tiny", tiny.keys());
    for (Path place : List.of(file, file.resolve("below"), foreign, link)) {
      assertThatThrownBy(() -> errors.during(() -> Launch.run(tiny, config, place, List.of())))
          .as("%s", place)
          .isInstanceOf(InputException.class);
      assertThat(errors.text()).isEmpty();
    }
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left).hasSize(5);
    }
  }

  @Test
  void aRunThatGoesOnSaysSoWhenNothingIsLeftThatRefusesIt() throws IOException {
    Experiment tiny = new Tiny("tiny");
    Config config = Config.defaults("tiny", tiny.keys());
    Path run = Files.createDirectory(folder.resolve("run"));
    Path settings = run.resolve(RunFiles.CONFIG);
    for (String other : List.of("{\"experiment\": \"large\"}", "[]", "{", "{\"seed\": 1} x")) {
      Files.writeString(settings, other);
      assertThatThrownBy(() -> errors.during(() -> Launch.run(tiny, config, run, List.of())))
          .as(other)
          .isInstanceOf(InputException.class)
          .hasMessageNotContaining("\n");
      assertThat(errors.text()).isEmpty();
      assertThat(settings).hasContent(other);
    }
    Files.write(settings, Json.pretty(config.toMap()));
    errors.during(() -> Launch.run(tiny, config, run, List.of()));
    assertThat(linesOf(errors).get(0)).isEqualTo("tiny: getting ready ...");
    assertThat(linesOf(errors).get(1)).startsWith("tiny: resuming in ");
  }

  private static List<String> linesOf(ErrorStream errors) {
    return errors.text().lines().toList();
  }

  @Test
  void aNetworkThatAMethodCannotServeIsRefusedBeforeAnythingIsTold() {
    assertThatThrownBy(() -> train("model=convnext", "method=deepnorm", "dims=8", "depths=1"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("deepnorm cannot serve a stack of convolutions");
    assertThat(errors.text()).isEmpty();
    assertThat(folder.resolve("run")).doesNotExist();
    train("model=mlp", "dims=8", "method=identity-no-alpha", "steps=1", "warmup=0");
    assertThat(linesOf(errors)).startsWith("train: getting ready ...");
  }

  @Test
  void whatSettingsSayIsRefusedBeforeAnythingIsTold() {
    assertThatThrownBy(() -> train("steps=1", "warmup=3")).isInstanceOf(InputException.class);
    assertThat(errors.text()).isEmpty();
  }
}
