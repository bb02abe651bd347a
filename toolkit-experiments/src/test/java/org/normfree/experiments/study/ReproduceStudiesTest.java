package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.record.Json;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.run.Provenance;

/** A run of each kind is done again from its directory and gives the same bytes. */
class ReproduceStudiesTest {
  private static final String IMAGES = " width=8 heads=2 patch=4 mlp.ratio=2 epochs=1 batch=200";

  @TempDir Path folder;

  private ToolkitRunner.Output toolkit(String... words) {
    return ToolkitRunner.run(List.of(words));
  }

  private Path run(String command) {
    Path out = folder.resolve("out");
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(command.split(" +")));
    words.addAll(List.of("--out", out.toString()));
    ToolkitRunner.Output output = ToolkitRunner.run(words);
    assertThat(output.exitCode()).as(output.err()).isZero();
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train depth=2 drop.path=0.2 mixup=0.3" + IMAGES,
        "train depth=2 lr=1e30 optimizer=sgd warmup=0" + IMAGES,
        "train model=resnet method=batch-norm dims=4,6 depths=1,1 epochs=2 batch=200",
        "layernorm-map depth=2 seeds=2" + IMAGES,
        "alpha-tracking depth=2 seeds=2" + IMAGES,
        "increment-explosion branches=2,4 methods=pre-ln,deepnorm seeds=2",
        "self-distillation depth=1 seeds=1 methods=dyt drop.path=0.2" + IMAGES,
        "speech-pretraining methods=dyt channels=4 width=8 heads=2 depth=1 crop.seconds=0.5 batch=2"
            + " steps=4 dropout=0.1 drop.layer=0.3 probe.epochs=1 tune.steps=2 seeds=1",
        "translation methods=dyt,deepnorm pairs=200 largest=999 width=8 heads=2 depth=1 epochs=1"
            + " seeds=1 max.length=48 dropout=0.1",
        "language-model methods=rms-norm characters=20000 tokenizer=character vocabulary=0"
            + " batch.tokens=480 max.length=48 width=8 heads=2 depth=1 epochs=1 seeds=2",
        "model-update branches=2,4 layers=2 steps=2 seeds=2",
        "postln-diagnostics methods=post-ln depth=2 width=8 heads=2 pairs=100 epochs=1 seeds=1",
        "thousand-layers layers=2 layers.shallow=1 layers.encoder=2 steps=6 threads=1 width=8"
      })
  void everyRunIsEqual(String command) {
    Path out = run(command);
    ToolkitRunner.Output again = toolkit("reproduce", out.toString());
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
    assertThat(again.out()).contains(": equal (").doesNotContain("differs");
  }

  /** The rate the run is trained at was chosen by other runs. */
  @Test
  void aRunAfterASearchIsDoneAgainAlone() throws IOException {
    Path out =
        run("method-comparison methods=pre-ln,dyt lr.grid=0.001,0.01 seeds=2 depth=1" + IMAGES);
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      for (Path run : runs.filter(r -> r.getFileName().toString().startsWith("dyt")).toList()) {
        ToolkitRunner.Output again = toolkit("reproduce", run.toString());
        assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
        assertThat(again.out()).startsWith(run.getFileName() + ": equal (").hasLineCount(1);
      }
    }
  }

  @Test
  void aSettingThatWasChangedIsNamed() throws IOException {
    Path out = run("train depth=1 lr=0.004 seed=3" + IMAGES);
    Path config = out.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("0.004", "0.005"));
    ToolkitRunner.Output again = toolkit("reproduce", out.toString());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.out())
        .contains("lr is 0.004 there, 0.005 here")
        .contains("metrics.jsonl differs from line 1 on: step ")
        .contains("environment");
  }

  @Test
  void whatATrainingRunUsedIsInItsProvenance() {
    Provenance provenance =
        Json.read(run("train depth=1" + IMAGES).resolve("provenance.json"), Provenance.class);
    assertThat(provenance.kernels()).contains("java");
    assertThat(provenance.dataHash()).matches("[0-9a-f]{16}");
    assertThat(provenance.end()).isGreaterThanOrEqualTo(provenance.time());
    Path nd4j = folder.resolve("nd4j");
    assertThat(
            toolkit(
                    "run",
                    "train",
                    "depth=1",
                    "width=8",
                    "heads=2",
                    "steps=1",
                    "kernels=nd4j",
                    "--out",
                    nd4j.toString())
                .exitCode())
        .isZero();
    assertThat(Json.read(nd4j.resolve("provenance.json"), Provenance.class).kernels())
        .containsExactly("nd4j");
  }

  @Test
  void whatATanhGainsOverALineIsReportedForEveryLayer() throws IOException {
    Path run = run("layernorm-map depth=2 seeds=1" + IMAGES).resolve("runs");
    try (Stream<Path> runs = Files.list(run)) {
      JsonNode result =
          Json.read(runs.findFirst().orElseThrow().resolve("result.json"), JsonNode.class);
      List<String> names = new ArrayList<>();
      result.fieldNames().forEachRemaining(names::add);
      assertThat(names)
          .contains("delta_r2[layer=block0.attention.norm]", "tail_delta_r2[layer=norm]");
      double gain =
          result.get("tanh_r2[layer=norm]").asDouble()
              - result.get("line_r2[layer=norm]").asDouble();
      assertThat(result.get("delta_r2[layer=norm]").asDouble()).isCloseTo(gain, within(1e-12));
    }
  }

  @Test
  void twoRunsAreDrawnOnTopOfEachOther() throws IOException {
    Path out = run("train depth=1 seeds=2 epochs=3 width=8 heads=2 patch=4 batch=200");
    ToolkitRunner.Output compared =
        toolkit(
            "compare",
            out.resolve("runs/dyt-seed1").toString(),
            out.resolve("runs/dyt-seed2").toString(),
            "--out",
            folder.resolve("figs").toString());
    assertThat(compared.exitCode()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("test_accuracy");
    try (Stream<Path> files = Files.walk(folder.resolve("figs"))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("compare") && name.endsWith(".pdf"));
    }
  }
}
