package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Json;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;
import org.normfree.plots.Figures;

class SpeechPretrainingTest {
  private static final List<String> SMALL =
      List.of(
          "channels=4",
          "width=8",
          "heads=2",
          "depth=1",
          "position.kernel=4",
          "position.groups=2",
          "code.entries=5",
          "code.dim=4",
          "final.dim=6",
          "crop.seconds=0.6",
          "steps=6",
          "warmup=0",
          "eval.every=100",
          "probe.epochs=1",
          "tune.steps=2",
          "tune.seconds=0.9",
          "seeds=1");

  @TempDir Path folder;

  private Result run(Experiment study, List<String> small, String... settings) {
    return run(folder, study, small, settings);
  }

  private static Result run(Path out, Experiment study, List<String> small, String... settings) {
    List<String> assignments = new ArrayList<>(small);
    assignments.addAll(List.of(settings));
    Config config = Config.resolve(study.name(), study.keys(), Optional.empty(), assignments);
    Result result = Launch.run(study, config, out.resolve(study.name()), List.of());
    SummaryCheck.check(result.summary());
    return result;
  }

  private Result run(String... settings) {
    return run(new SpeechPretraining(), SMALL, settings);
  }

  private static double mean(Summary summary, String method, String metric) {
    return summary.rows().stream()
        .filter(row -> row.method().equals(method) && row.metric().equals(metric))
        .findFirst()
        .orElseThrow()
        .mean();
  }

  @Test
  void everyNetworkIsJudgedBesideAnUntrainedOne() {
    Result result = run("methods=pre-ln,fixup", "dropout=0.1", "drop.layer=0.1");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    Summary summary = result.summary();
    for (String method : List.of("pre-ln", "fixup")) {
      assertThat(summary.rows())
          .filteredOn(row -> row.method().equals(method))
          .extracting(SummaryRow::metric)
          .contains(
              "test_contrastive_bits",
              "test_accuracy",
              "test_perplexity",
              "test_code_perplexity",
              "test_same_negatives",
              "word_probe",
              "untrained_word_probe",
              "new_speaker_probe",
              "speaker_probe",
              "untrained_speaker_probe",
              "word_error_rate",
              "untrained_word_error_rate");
      // six steps teach little: the loss is near that of guessing, log2(21) = 4.39
      assertThat(mean(summary, method, "test_contrastive_bits")).isBetween(3.0, 8.0);
      assertThat(mean(summary, method, "test_perplexity")).isBetween(2.0, 10.0);
      assertThat(mean(summary, method, "word_probe")).isBetween(0.0, 100.0);
    }
    List<Path> files = Figures.create(folder, folder.resolve("figures-out"));
    assertThat(files.stream().map(file -> file.getFileName().toString()))
        .contains("speech-pretraining-test-contrastive-bits.png");
  }

  @Test
  void ratesAreSearchedWithoutJudging() {
    run("methods=dyt", "lr.grid=0.001,0.003", "feature.norm=layer-norm", "norm.order=pre");
    Path runs = folder.resolve("speech-pretraining/runs");
    assertThat(runs.resolve("search-dyt-lr_0.001-seed1/result.json"))
        .content(StandardCharsets.UTF_8)
        .contains("test_contrastive_bits")
        .doesNotContain("\"word_probe");
    assertThat(runs.resolve("search-dyt-lr_0.003-seed1/config.json"))
        .content(StandardCharsets.UTF_8)
        .containsPattern("\"judge\" *: *false");
  }

  /** Figure 2 and figure 8 show wav2vec 2.0, too. */
  @Test
  void alphaAndMapsAreReadOfSpeechToo() {
    List<String> small =
        List.of("model=wav2vec2", "width=16", "depth=2", "heads=2", "seeds=1", "batch=8");
    Summary tracked =
        run(new AlphaTracking(), small, "epochs=4", "warmup=0", "eval.every=9").summary();
    assertThat(mean(tracked, "dyt", "pearson_layers")).isBetween(-1.0, 1.0);
    run(new LayerNormMaps(), small, "steps=4", "warmup=0", "probe.layers=9", "data=synthetic");
    LayerNormMap map =
        Json.read(
            folder.resolve("layernorm-map/runs/pre-ln-seed1/layernorm-map.json"),
            LayerNormMap.class);
    assertThat(map.layers())
        .extracting(LayerNormMap.Layer::name)
        .containsExactly(
            "feature_norm",
            "block0.attention.norm",
            "block0.ffn.norm",
            "block1.attention.norm",
            "block1.ffn.norm",
            "norm");
    refused("data=mnist are images", new LayerNormMaps(), "model=wav2vec2", "data=mnist");
    refused("unknown data 'synthetic'", new LayerNormMaps(), "data=synthetic");
    refused("patch is set, but model=wav2vec2", new AlphaTracking(), "model=wav2vec2", "patch=4");
  }

  @Test
  void settingsThatDoNotFitAreRefusedInOneLine() {
    Experiment study = new SpeechPretraining();
    refused("waves of 160 samples", study, "crop.seconds=0.02");
    refused("position.groups=7", study, "position.groups=7");
    refused("code.dim=63", study, "code.dim=63");
    refused("data=fsdd needs data.path", study, "data=fsdd");
    refused("data.rate=300", study, "data.rate=300");
    refused("more than a wave of", study, "tune.seconds=0.3", "methods=dyt", "steps=1");
  }

  /** From the command line: one line that names the file, and nothing left behind. */
  @Test
  void aFileThatIsNoWholeWavIsRefusedByItsName() throws IOException {
    Path data = Files.createDirectory(folder.resolve("speech"));
    Files.writeString(data.resolve("0_ann_0.wav"), "RIFFtoo short");
    ToolkitRunner.Output output =
        ToolkitRunner.run(
            List.of(
                "run",
                "speech-pretraining",
                "data=fsdd",
                "data.path=" + data,
                "--out",
                folder.resolve("out").toString()));
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(output.err().strip().lines()).as(output.err()).hasSize(1);
    assertThat(output.err()).contains("0_ann_0.wav").doesNotContain("Exception");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private void refused(String words, Experiment study, String... settings) {
    assertThatThrownBy(() -> run(folder.resolve("refused"), study, List.of(), settings))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }
}
