package org.normfree.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;

class ConfigTest {
  private static final List<Key<?>> SCHEMA =
      Schema.of(
              Keys.model(),
              Keys.methodOptions(),
              Keys.training(),
              Keys.execution(),
              List.of(Keys.SEED, Keys.JOBS))
          .keys();

  @TempDir Path folder;

  private static Config resolve(String... assignments) {
    return Config.resolve("train", SCHEMA, Optional.empty(), List.of(assignments));
  }

  private Config resolveFile(String json, String... assignments) throws IOException {
    Path file = Files.writeString(folder.resolve("settings.json"), json);
    return Config.resolve("train", SCHEMA, Optional.of(file), List.of(assignments));
  }

  @Test
  void argumentsWinOverTheFileAndTheFileOverDefaults() throws IOException {
    Config config =
        resolveFile("{\"lr\": 0.01, \"epochs\": 7, \"flip\": true}", "epochs=9", "epochs=8");
    assertThat(config.get(Keys.LEARNING_RATE)).isEqualTo(0.01);
    assertThat(config.get(Keys.EPOCHS)).isEqualTo(8);
    assertThat(config.get(Keys.FLIP)).isTrue();
    assertThat(config.get(Keys.BATCH)).isEqualTo(Keys.BATCH.defaultValue());
    assertThat(config.overrides()).containsExactly("epochs=8", "lr=0.01", "flip=true");
  }

  @Test
  void anExperimentsOwnDefaultIsReadThroughTheCommonKey() {
    List<Key<?>> schema = Schema.of(Keys.training(), List.of(Keys.EPOCHS.withDefault(3))).keys();
    assertThat(schema).hasSameSizeAs(Keys.training());
    Config config = Config.defaults("x", schema);
    assertThat(config.get(Keys.EPOCHS)).isEqualTo(3);
    assertThat(config.overrides()).isEmpty();
  }

  @Test
  void anUnknownKeySuggestsTheNearest() {
    assertThatThrownBy(() -> resolve("epoch=3"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "unknown key 'epoch', did you mean 'epochs'?"
                + " (\"toolkit run train --help\" tells more)");
    assertThatThrownBy(() -> resolve("zzzzzzzzz=3"))
        .hasMessageStartingWith("unknown key 'zzzzzzzzz', choose one of model, patch, ");
  }

  @ParameterizedTest
  @CsvSource({
    "lr=abc, lr=abc: expected a number > 0",
    "alpha0=NaN, alpha0=NaN: expected a number > 0",
    "depth=-1, 'depth=-1: expected an integer in [1, 10000]'",
    "seed=0, seed=0: expected an integer >= 1",
    "beta1=1, 'beta1=1: expected a number in [0, 1)'",
    "lr, '\"lr\" is no setting: expected key=value, as in model=vit'",
    "=3, '\"=3\" is no setting: expected key=value, as in model=vit'"
  })
  void aBadValueNamesKeyValueAndWhatIsExpected(String assignment, String message) {
    assertThatThrownBy(() -> resolve(assignment))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"lr\": {\"a\": 1}}|expected a number, a text, true or false",
        "{\"lr\": null}|expected a number, a text, true or false",
        "{\"lr\": [0.01]}|lr=[0.01] (in ",
        "{\"lr\": [0.01, 0.02]}|expected a number, a text, true or false",
        "{\"lr\": 0.01} and more|is not valid JSON",
        "{\"lr\": 0.01} {\"lr\": 0.02}|is not valid JSON",
        "{\"lr\": 0.01},|is not valid JSON",
        "{\"lr\": \"x\"}|lr=x: expected a number > 0 (in ",
        "{\"lrr\": 1}|unknown key 'lrr' (in ",
        "{\"lr\": 1, \"lr\": 2}|is not valid JSON",
        "{\"lr\": 1|is not valid JSON",
        "[1]|expected one JSON object",
        "{\"experiment\": \"dyt-squash\"}|settings of the experiment dyt-squash, not of train"
      })
  void aBadFileIsRefusedWithItsName(String json, String part) {
    assertThatThrownBy(() -> resolveFile(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(part)
        .hasMessageContaining("settings.json");
  }

  @Test
  void whatArgumentsGaveIsKnownInTheRunsOfASweepToo() throws IOException {
    Path file = Files.writeString(folder.resolve("given.json"), "{\"depth\": 3}");
    Config config = Config.resolve("train", SCHEMA, Optional.of(file), List.of("lr=0.01"));
    Config run = config.with(Keys.SEED, 5L).forExperiment(Config.defaults("other", SCHEMA));
    for (Config of : List.of(config, run)) {
      assertThat(of.isGiven(Keys.LEARNING_RATE)).isTrue();
      assertThat(of.isGiven(Keys.DEPTH)).isFalse();
      assertThat(of.isGiven(Keys.SEED)).isFalse();
    }
    assertThat(config.hash()).isEqualTo(resolve("depth=3", "lr=0.01").hash());
  }

  @Test
  void aFileThatDoesNotEndIsRefused() {
    assertThatThrownBy(() -> resolveFile(" ".repeat(1_000_001)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("settings.json holds more than 1 MB");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(
            () -> Config.resolve("train", SCHEMA, Optional.of(folder.resolve("no")), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot read the settings file");
  }

  @Test
  void whatIsStoredResolvesToTheSameSettings() throws IOException {
    Config config = resolve("lr=0.003", "mlp.ratio=2", "pool=cls", "flip=true", "seed=17");
    Config again = resolveFile(Json.line(config.toMap()));
    assertThat(again.toMap()).isEqualTo(config.toMap());
    assertThat(again.hash()).isEqualTo(config.hash());
    assertThat(List.copyOf(config.toMap().keySet())).isSorted().contains("experiment");
  }

  @Test
  void theHashSeesEveryValueButScheduling() {
    String hash = resolve().hash();
    assertThat(hash).matches("[0-9a-f]{16}");
    assertThat(resolve("threads=7").hash()).isEqualTo(hash);
    assertThat(resolve("jobs=7", "checkpoint.every=3").hash()).isEqualTo(hash);
    assertThat(Config.defaults("other", SCHEMA).hash()).isNotEqualTo(hash);
  }

  @Test
  void differencesAreListedByKeyAndSchedulingIsNone() {
    Config here = resolve("lr=0.02", "jobs=2");
    assertThat(here.differencesFrom(resolve("jobs=1").toMap()))
        .containsExactly("lr is 0.003 there, 0.02 here");
    assertThat(here.differencesFrom(here.toMap())).isEmpty();
  }

  @Test
  void aTrialTakesOverTheSettingsItsOwnExperimentHas() {
    Key<String> extra = Key.text("grid", "x", "only the sweep's");
    Config sweep =
        Config.resolve(
            "sweep",
            Schema.of(List.of(extra), Keys.training()).keys(),
            Optional.empty(),
            List.of("epochs=5"));
    Config trial = sweep.forExperiment(Config.defaults("train", SCHEMA)).with(Keys.SEED, 3L);
    assertThat(trial.experiment()).isEqualTo("train");
    assertThat(trial.get(Keys.EPOCHS)).isEqualTo(5);
    assertThat(trial.get(Keys.SEED)).isEqualTo(3L);
    assertThat(trial.has(extra)).isFalse();
    assertThatThrownBy(() -> trial.get(extra))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no key grid");
  }

  @Test
  void aKeyMayNotStandTwiceInASchema() {
    assertThatThrownBy(() -> Config.defaults("x", List.of(Keys.SEED, Keys.SEED)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void seedsCountUpFromTheFirst() {
    Config config =
        Config.resolve(
            "x",
            List.of(Keys.SEED, Keys.SEEDS, Keys.JOBS, Keys.THREADS),
            Optional.empty(),
            List.of("seed=5", "seeds=3", "jobs=4"));
    assertThat(Keys.seedsOf(config)).containsExactly(5L, 6L, 7L);
    assertThat(Keys.jobsOf(config)).isEqualTo(4);
    assertThat(Keys.jobsOf(config.with(Keys.JOBS, 0).with(Keys.THREADS, OptionalInt.of(4096))))
        .isEqualTo(1);
  }
}
