package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.Json;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.Marker;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Verdict;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;
import org.normfree.plots.Figures;

/** Every study at its smallest: it runs, records and can be drawn. */
class StudiesTest {
  private static final List<String> SMALL =
      List.of("width=8", "heads=2", "depth=2", "patch=4", "mlp.ratio=2", "epochs=1", "batch=200");

  /** Nothing stands where a norm would. */
  private static final String IDENTITY = "identity-no-alpha";

  @TempDir Path folder;

  private static final List<String> SMALL_CONVNEXT =
      List.of(
          "model=convnext",
          "stem=2",
          "kernel=3",
          "dims=6,8",
          "depths=1,1",
          "block.scale=0.1",
          "init=fan-in",
          "epochs=1",
          "batch=200");

  private Result run(Experiment experiment, String... settings) {
    List<String> assignments = new ArrayList<>(SMALL);
    assignments.addAll(List.of(settings));
    return run(experiment, assignments);
  }

  private Result run(Experiment experiment, List<String> assignments) {
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), assignments);
    Result result = Launch.run(experiment, config, folder.resolve(experiment.name()), List.of());
    SummaryCheck.check(result.summary());
    return result;
  }

  private static SummaryRow row(Summary summary, String method, String metric) {
    return summary.rows().stream()
        .filter(row -> row.method().equals(method) && row.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void trainRecordsEveryEpochAndBothEvaluations() {
    Result result = run(new Train(), "epochs=3", "seed=5");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    SummaryRow row = row(result.summary(), "dyt", "test_accuracy");
    assertThat(row.n()).isEqualTo(1);
    assertThat(row.seeds()).containsExactly(5L);
    assertThat(row.mean()).isBetween(0.0, 100.0);
    assertThat(folder.resolve("train/metrics.jsonl"))
        .content(StandardCharsets.UTF_8)
        .containsPattern("\"scope\":\"train\"[^\n]*\n[^\n]*\"scope\":\"validation\"");
    assertThat(folder.resolve("train/checkpoints/final/model.safetensors")).exists();
    assertThat(folder.resolve("train/DONE")).exists();
  }

  @Test
  void aRunThatDivergesIsAResult() {
    Result result = run(new Train(), "lr=1e30", "optimizer=sgd", "warmup=0", "epochs=2");
    assertThat(result.outcome()).isEqualTo(Marker.DIVERGED);
    SummaryRow row = row(result.summary(), "dyt", "test_accuracy");
    assertThat(row.diverged()).isEqualTo(1);
    assertThat(row.mean()).as("ten classes at chance").isCloseTo(10, within(1e-9));
    assertThat(row.trained().trained()).isZero();
    assertThat(folder.resolve("train/DIVERGED"))
        .content(StandardCharsets.UTF_8)
        .contains("loss not finite at step");
  }

  @Test
  void squashesAreRunWithAndWithoutAlpha() {
    Summary summary = run(new DytSquash(), "seeds=1").summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    assertThat(rows).hasSize(8 + 7);
    assertThat(rows.stream().map(SummaryRow::setting).distinct()).hasSize(8 + 1);
    assertThat(rows.stream().skip(8).map(SummaryRow::method))
        .containsExactly("derf", "satursin", "arctan", "isru", "softsign", "bhyt", "see-d-norm");
    assertThat(row(summary, "dyt", "test_accuracy").published()).isEqualTo(82.5);
    assertThat(row(summary, "sigmoid-no-alpha", "test_accuracy").published()).isEqualTo(80.7);
    assertThat(row(summary, "identity-no-alpha", "test_accuracy").published()).isNull();
  }

  @Test
  void everyMethodGetsTheSameSearch() {
    Summary summary =
        run(new MethodComparison(), "methods=pre-ln,dyt,fixup", "lr.grid=0.001,0.01", "seeds=3")
            .summary();
    assertThat(row(summary, "fixup", "test_accuracy").published()).isEqualTo(77.2);
    for (String method : List.of("pre-ln", "dyt", "fixup")) {
      SummaryRow row = row(summary, method, "test_accuracy");
      assertThat(row.n()).isEqualTo(3);
      assertThat(row.difference() == null).isEqualTo(method.equals("pre-ln"));
      assertThat(folder.resolve("method-comparison/runs/search-" + method + "-lr_0.01-seed1/DONE"))
          .exists();
      // the best rate is never the largest or smallest that was tried, or the row says so
      double rate = Double.parseDouble(row.setting().get("lr"));
      List<Double> tried = tried(method);
      boolean edge = rate == tried.get(0) || rate == tried.get(tried.size() - 1);
      assertThat(row.edge()).isEqualTo(edge);
      assertThat(tried).hasSizeBetween(edge ? 5 : 3, 5);
    }
  }

  private List<Double> tried(String method) {
    try (Stream<Path> runs = Files.list(folder.resolve("method-comparison/runs"))) {
      String prefix = "search-" + method + "-lr_";
      return runs.map(run -> run.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.substring(prefix.length()).replaceFirst("-seed.*", ""))
          .map(Double::parseDouble)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void alphaIsReadBeforeTrainingAndAfterEveryEpoch() throws Exception {
    Summary summary = run(new AlphaTracking(), "seeds=1", "epochs=3").summary();
    List<MetricLine> probes = new ArrayList<>();
    for (String line :
        Files.readAllLines(folder.resolve("alpha-tracking/runs/dyt-seed1/metrics.jsonl"))) {
      MetricLine metric = Json.MAPPER.readValue(line, MetricLine.class);
      if (metric.kind().equals(MetricLine.PROBE)) {
        probes.add(metric);
      }
    }
    // two blocks of two branches and the last norm; at the start and after three epochs
    assertThat(probes).hasSize(5 * 4);
    assertThat(probes.subList(0, 5))
        .allSatisfy(
            line -> {
              assertThat(line.step()).isZero();
              assertThat(line.values().get("alpha")).isEqualTo(0.5);
              assertThat(line.values().get("inverseStd")).isPositive();
            });
    assertThat(row(summary, "dyt", "pearson_layers").mean()).isBetween(-1.0, 1.0);
  }

  @Test
  void layerNormsAreMappedAndFitted() {
    Summary summary = run(new LayerNormMaps(), "seeds=1", "probe.layers=3").summary();
    LayerNormMap map =
        Json.read(
            folder.resolve("layernorm-map/runs/pre-ln-seed1/layernorm-map.json"),
            LayerNormMap.class);
    assertThat(map.layers()).hasSize(3);
    assertThat(map.layers().get(0).name()).isEqualTo("block0.attention.norm");
    assertThat(map.layers().get(2).name()).isEqualTo("norm");
    assertThat(map.layers())
        .allSatisfy(
            layer -> {
              assertThat(layer.x()).hasSameSizeAs(layer.channel()).hasSizeBetween(1, 4000);
              assertThat(layer.lineR2()).isBetween(0.0, 1.0);
              assertThat(layer.tanhR2()).isLessThanOrEqualTo(1.0);
            });
    assertThat(summary.rows()).anyMatch(row -> row.metric().equals("tanh_r2"));
  }

  @Test
  void alphaAndMapsAreReadOfConvolutionsToo() {
    List<String> alpha = new ArrayList<>(SMALL_CONVNEXT);
    alpha.addAll(List.of("seeds=1", "epochs=4"));
    Summary tracked = run(new AlphaTracking(), alpha).summary();
    assertThat(row(tracked, "dyt", "pearson_layers").mean()).isBetween(-1.0, 1.0);
    List<String> maps = new ArrayList<>(SMALL_CONVNEXT);
    maps.addAll(List.of("seeds=1", "probe.layers=9"));
    run(new LayerNormMaps(), maps);
    LayerNormMap map =
        Json.read(
            folder.resolve("layernorm-map/runs/pre-ln-seed1/layernorm-map.json"),
            LayerNormMap.class);
    assertThat(map.layers())
        .extracting(LayerNormMap.Layer::name)
        .containsExactly(
            "stem.norm",
            "stage0.block0.branch.norm",
            "stage1.downsample.norm",
            "stage1.block0.branch.norm",
            "norm");
  }

  @Test
  void alphaAndMapsAreReadOfDiffusionTransformersToo() {
    List<String> dit =
        List.of(
            "model=dit",
            "width=16",
            "depth=2",
            "heads=2",
            "seeds=1",
            "epochs=4",
            "batch=400",
            "warmup=0");
    Summary tracked = run(new AlphaTracking(), dit).summary();
    assertThat(row(tracked, "dyt", "pearson_layers").mean()).isBetween(-1.0, 1.0);
    assertThatThrownBy(() -> run(new LayerNormMaps(), List.of("model=dit", "mixup=0.5")))
        .isInstanceOf(InputException.class)
        .hasMessage("mixup is set, but model=dit does not read it; leave it out");
    List<String> maps = new ArrayList<>(dit);
    maps.add("probe.layers=9");
    run(new LayerNormMaps(), maps);
    LayerNormMap map =
        Json.read(
            folder.resolve("layernorm-map/runs/pre-ln-seed1/layernorm-map.json"),
            LayerNormMap.class);
    assertThat(map.layers())
        .extracting(LayerNormMap.Layer::name)
        .containsExactly(
            "block0.attention.norm",
            "block0.ffn.norm",
            "block1.attention.norm",
            "block1.ffn.norm",
            "last.norm");
    assertThat(folder.resolve("layernorm-map/runs/pre-ln-seed1/images.json")).doesNotExist();
  }

  @Test
  void eachModelFindsItsOwnRateAndConvNeXtItsStart() {
    Summary summary =
        run(
                new VisionSupervised(),
                "methods=pre-ln,dyt",
                "lr.grid=0.01",
                "starts.scale=0.1",
                "dims=6,8",
                "depths=1,1",
                "seeds=2")
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    // two methods in two models; two starts of pre-ln, and of dyt at two α₀
    assertThat(rows).hasSize(4 + 2 + 4);
    assertThat(rows)
        .filteredOn(row -> row.method().equals("dyt") && row.setting().containsKey("lr"))
        .extracting(SummaryRow::published)
        .containsExactly(82.5, 83.7);
    assertThat(summary.claims()).hasSize(3).allSatisfy(c -> assertThat(c.n()).isEqualTo(2));
    assertThat(summary.rows())
        .anyMatch(
            row ->
                row.metric().equals("input_std")
                    && "stage1.downsample.norm".equals(row.setting().get("layer")));
  }

  @Test
  void stepsAdaptAtEveryRate() {
    Summary summary =
        run(
                new StepAdaptationStudy(),
                List.of("rates=1e-5,1e-2,1", "epochs=1", "batch=100", "seeds=2", "dims=16"))
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    assertThat(rows).hasSize(5 * 3);
    assertThat(summary.claims()).hasSize(3).allSatisfy(c -> assertThat(c.n()).isGreaterThan(1));
    double fixed = rows.get(0).mean();
    assertThat(rows.stream().anyMatch(row -> row.mean() != fixed)).isTrue();
  }

  @Test
  void everyRuleLearnsAllTasksAtEveryScaling() {
    Summary summary =
        run(
                new TaskWeightingStudy(),
                List.of(
                    "scales=1,100",
                    "epochs=2",
                    "dims=8",
                    "seeds=3",
                    "lr.grid=0.003,0.01",
                    "altered.steps=4",
                    "batch=200"))
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    // twelve rules, the sum at its own rate, networks of their own
    assertThat(rows).hasSize(2 * (12 + 1 + 1));
    assertThat(summary.claims()).hasSize(9 + 8 + 3 + 11);
    assertThat(summary.claims())
        .filteredOn(c -> c.id().contains("-times-1000-") || c.id().contains("-plus-1-"))
        .hasSize(9)
        .allSatisfy(c -> assertThat(c.verdict()).as(c.id()).isEqualTo(Verdict.CONFIRMED));
    assertThat(summary.claims())
        .filteredOn(c -> c.id().endsWith("-raises-no-loss"))
        .hasSize(3)
        .allSatisfy(c -> assertThat(c.verdict()).as(c.id()).isEqualTo(Verdict.CONFIRMED));
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("delta_single"))
        .filteredOn(row -> "single-task".equals(row.setting().get("rule")))
        .extracting(SummaryRow::mean)
        .containsOnly(0.0);
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("scale_move"))
        .hasSize(12 + 1)
        .allSatisfy(row -> assertThat(row.n()).isEqualTo(3));
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().startsWith("conflict_"))
        .hasSize(3 * 2 * (12 + 1));
    assertThat(Figures.create(folder, folder.resolve("figures-out")))
        .extracting(file -> file.getFileName().toString())
        .contains("task-weighting-delta-single.png");
  }

  @Test
  void aMainTaskIsLearnedFromFewLabelsBesideOthers() {
    Summary summary =
        run(
                new PrimaryTask(),
                List.of("epochs=2", "dims=8", "seeds=3", "known=20", "known.batch=10", "steps=9"))
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    assertThat(rows).hasSize(4);
    assertThat(rows.stream().map(SummaryRow::mean).distinct().count()).isGreaterThan(2);
    assertThat(summary.claims())
        .filteredOn(c -> c.id().endsWith("-main-falls"))
        .hasSize(2)
        .allSatisfy(c -> assertThat(c.verdict()).as(c.id()).isEqualTo(Verdict.CONFIRMED));
    assertThat(summary.claims()).hasSize(3).allSatisfy(c -> assertThat(c.n()).isEqualTo(3));
  }

  @Test
  void tasksThatCannotBeLearnedSoAreRefused() {
    Experiment single = new TaskWeightingStudy().parts().get(0);
    assertThatThrownBy(() -> run(single, List.of("trunk=separate", "weighting=mgda")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weighting=mgda with trunk=separate");
    assertThatThrownBy(() -> run(single, List.of("known=5000")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("known=5000, but there are 1197");
  }

  void inputAndParameterGradientsAreComparedExampleByExample() {
    Summary summary =
        run(
                new GradientPenalty(),
                List.of(
                    "rates=0.2,0.5",
                    "levels=2,1",
                    "examples=20",
                    "epochs=6",
                    "seeds=3",
                    "dims=8,5"))
            .summary();
    List<SummaryRow> violations =
        summary.rows().stream().filter(row -> row.metric().equals("violations")).toList();
    assertThat(violations).hasSize(2 * 3);
    assertThat(violations).allSatisfy(row -> assertThat(row.values()).containsOnly(0.0));
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("layer_median"))
        .hasSize(2 * 3 * 3)
        .allSatisfy(row -> assertThat(row.mean()).isGreaterThan(1 - 1e-9));
    assertThat(summary.claims()).hasSize(3).allSatisfy(c -> assertThat(c.n()).isEqualTo(3));
    assertThat(summary.claims().get(0).verdict()).isEqualTo(Verdict.CONFIRMED);
  }

  @Test
  void aPerceptronWithNormsHasNoSuchInequality() {
    assertThatThrownBy(() -> run(new GradientPenalty(), List.of("affine=true", "epochs=1")))
        .hasMessageContaining("affine=false");
  }

  @Test
  void maskedFineTuningIsComparedWithPlain() {
    Summary summary =
        run(
                new ChildTuning(),
                List.of(
                    "dims=6",
                    "labels=30",
                    "kept=0.5,0.2",
                    "epochs=2",
                    "pretrain.epochs=1",
                    "stationary.steps=40",
                    "seeds=3"))
            .summary();
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("distance"))
        .hasSize(2 * (1 + 4 * 2))
        .allSatisfy(row -> assertThat(row.mean()).isPositive());
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("mean_step_ratio"))
        .hasSize(2 * 4);
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("test_accuracy") && row.difference() != null)
        .hasSize(2 * 4 * 2);
    assertThat(summary.claims()).hasSize(8).allSatisfy(c -> assertThat(c.n()).isEqualTo(3));
  }

  @Test
  void aMaskThatKeepsAllIsNone() {
    List<String> few = List.of("dims=6", "labels=30", "epochs=2", "pretrain.epochs=1");
    double plain = row(run(ChildTuning.RUN, few).summary(), IDENTITY, "distance").mean();
    for (String mask : List.of("gradients", "updates", "fisher")) {
      List<String> masked = new ArrayList<>(few);
      masked.addAll(List.of("step.mask=" + mask, "step.kept=" + (mask.equals("fisher") ? 0.2 : 1)));
      Config config = Config.resolve("fine-tune", ChildTuning.RUN.keys(), Optional.empty(), masked);
      Summary summary =
          Launch.run(ChildTuning.RUN, config, folder.resolve(mask), List.of()).summary();
      double distance = row(summary, IDENTITY, "distance").mean();
      if (mask.equals("fisher")) {
        assertThat(distance).isPositive().isLessThan(plain);
      } else {
        assertThat(distance).isCloseTo(plain, within(1e-5 * plain));
      }
    }
  }

  @Test
  void encodersStartAsLargeAsTheFormulaSays() {
    Summary summary =
        run(
                new InitStd(),
                "width=64",
                "heads=4",
                "mlp.ratio=4",
                "scales=0.2,1",
                "warmups=0,0.5",
                "deep=4",
                "seeds=3")
            .summary();
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("test_accuracy"))
        .hasSize(3 * 2 * 2 + 2);
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("share_product"))
        .hasSize(3 * 2 * 2)
        .allSatisfy(row -> assertThat(row.mean()).isBetween(0.0, 1.0));
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("gradient_norm"))
        .hasSize(3 * 2 * 2 * 6);
    assertThat(summary.rows()).filteredOn(row -> row.metric().equals("last_gain")).isNotEmpty();
    assertThat(summary.claims())
        .hasSize(3 * 2 + 1 + 1)
        .allSatisfy(c -> assertThat(c.n()).isEqualTo(3));
    assertThat(summary.claims())
        .filteredOn(c -> c.id().endsWith("branches-as-the-formula"))
        .allSatisfy(c -> assertThat(c.estimate()).isLessThan(20));
  }

  @Test
  void aDeviationOfWeightsIsRefusedWhereItIsNotRead() {
    assertThatThrownBy(() -> run(new Train(), List.of("model=mlp", "init.std=0.02", "epochs=1")))
        .hasMessageContaining("init.std=0.02 is nothing that model=mlp has");
    assertThatThrownBy(() -> run(new Train(), "init.cut=absolute"))
        .hasMessageContaining("init.cut=absolute without init.std");
  }

  @Test
  void adaptingStepsAreRefusedWhereThereAreNone() {
    assertThatThrownBy(() -> run(new Train(), "optimizer=lamb", "step.adaptation=both", "epochs=1"))
        .hasMessageContaining("step.adaptation=both with optimizer=lamb");
    assertThatThrownBy(() -> run(new Train(), "step.adaptation=hypergradient", "epochs=1"))
        .hasMessageContaining("take SGD");
  }

  @Test
  void everyMethodAndInitialAlphaMeetsBothOptimizers() {
    Summary summary =
        run(
                new OptimizerInteraction(),
                List.of(
                    "characters=4000",
                    "max.length=16",
                    "batch.tokens=160",
                    "width=8",
                    "heads=2",
                    "depth=1",
                    "lr.grid=0.001,0.01",
                    "lr.beyond=0",
                    "seeds=3"))
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_loss")).toList();
    // two methods and two squashes from three α₀, by two optimizers
    assertThat(rows).hasSize(2 * (2 + 2 * 3));
    assertThat(rows.stream().map(SummaryRow::mean).distinct()).hasSize(rows.size());
    assertThat(summary.claims())
        .hasSize(6)
        .allSatisfy(
            claim -> {
              assertThat(claim.n()).isEqualTo(3);
              assertThat(claim.interval()).isNotNull();
            });
    double[] gaps = new double[2];
    for (int i = 0; i < 2; i++) {
      String optimizer = List.of("adamw", "muon").get(i);
      gaps[i] = meanGap(rows, optimizer);
    }
    assertThat(summary.claims())
        .filteredOn(claim -> claim.id().equals("derf-loses-more-with-muon"))
        .singleElement()
        .satisfies(
            claim -> assertThat(claim.estimate()).isCloseTo(gaps[1] - gaps[0], within(1e-12)));
  }

  /** Derf's mean loss from α₀ = 0.5 over RMSNorm's, seed by seed. */
  private static double meanGap(List<SummaryRow> rows, String optimizer) {
    List<Double> derf = values(rows, "derf", optimizer, "0.5");
    List<Double> norm = values(rows, "rms-norm", optimizer, null);
    double sum = 0;
    for (int i = 0; i < derf.size(); i++) {
      sum += derf.get(i) - norm.get(i);
    }
    return sum / derf.size();
  }

  private static List<Double> values(
      List<SummaryRow> rows, String method, String optimizer, String alpha0) {
    return rows.stream()
        .filter(row -> row.method().equals(method))
        .filter(row -> optimizer.equals(row.setting().get("optimizer")))
        .filter(row -> Objects.equals(alpha0, row.setting().get("alpha0")))
        .findFirst()
        .orElseThrow()
        .values();
  }

  @Test
  void batchNormIsReplacedAtEveryDepth() {
    Summary summary =
        run(
                new BatchNormLimit(),
                List.of(
                    "dims=4,6", "blocks=1,2", "epochs=1", "batch=200", "seeds=2", "lr.grid=0.02"))
            .summary();
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    assertThat(rows).hasSize(2 * 2 * 3);
    assertThat(rows)
        .filteredOn(row -> row.method().equals("batch-norm"))
        .extracting(SummaryRow::published)
        .containsOnly(76.2, 72.7);
    assertThat(summary.claims()).hasSize(4).allSatisfy(c -> assertThat(c.n()).isEqualTo(2));
    // without γ and β, or an identity would be a scale
    assertThat(
            folder.resolve(
                "batchnorm-limit/runs/identity-no-alpha-blocks_1-lr_0.02-model_vgg-seed1/config.json"))
        .content(StandardCharsets.UTF_8)
        .containsPattern("\"affine\" *: *false");
  }

  @Test
  void diffusionDrawsImagesAndJudgesThem() {
    String[] settings = {
      "methods=dyt", "seeds=1", "steps=3", "samples=21", "sampling.steps=2", "warmup=0"
    };
    Summary summary = run(new Diffusion(), settings).summary();
    for (String zeroInit : List.of("dit", "dyt")) {
      SummaryRow row =
          summary.rows().stream()
              .filter(r -> r.metric().equals("fd") && r.setting().containsValue(zeroInit))
              .findFirst()
              .orElseThrow();
      assertThat(row.mean()).isPositive();
    }
    assertThat(row(summary, "dyt", "judge_accuracy").mean()).isGreaterThan(90);
    double floor = row(summary, "dyt", "fd_floor").mean();
    assertThat(row(summary, "dyt", "fd_noise").mean()).isGreaterThan(10 * floor);
    try (Stream<Path> runs = Files.list(folder.resolve("diffusion/runs"))) {
      assertThat(runs.toList())
          .hasSize(2 * 2 + 2)
          .allSatisfy(
              run -> {
                Path images = run.resolve("images.json");
                if (run.getFileName().toString().startsWith("search")) {
                  assertThat(images).doesNotExist();
                } else {
                  ImageGrids.Grid grid = Json.read(images, ImageGrids.class).grids().get(0);
                  assertThat(grid.rows()).isEqualTo(10);
                  assertThat(grid.columns()).isEqualTo(2);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Path> files = Figures.create(folder, folder.resolve("figures-out"));
    assertThat(files.stream().map(file -> file.getFileName().toString()))
        .contains("diffusion-images-samples.png", "diffusion-images-samples.pdf");
  }

  @Test
  void settingsOfADiffusionThatCannotBeAreRefused() {
    for (String setting : List.of("diffusion.steps=20", "sampling.steps=1001", "samples=1")) {
      assertThatThrownBy(() -> run(new Diffusion(), setting))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(setting.substring(setting.indexOf('=') + 1))
          .hasMessageNotContaining("\n");
    }
    assertThatThrownBy(() -> run(new Diffusion(), "methods=rezero"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("zero.init=dit");
  }

  @Test
  void figuresCanBeMadeOfWhatTheStudiesRecord() {
    run(new AlphaTracking(), "seeds=2");
    run(new LayerNormMaps(), "seeds=1");
    run(new Train());
    List<Path> files = Figures.create(folder, folder.resolve("figures-out"));
    assertThat(files).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(folder.resolve("figures-out/report.html")).exists();
  }
}
