package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.ClaimResult;
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

/** The studies of depth at their smallest. */
class DeepStudiesTest {
  @TempDir Path folder;

  private Result run(Experiment experiment, String... settings) {
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), List.of(settings));
    Result result = Launch.run(experiment, config, folder.resolve(experiment.name()), List.of());
    SummaryCheck.check(result.summary());
    return result;
  }

  private static SummaryRow row(
      Summary summary, String method, String metric, Map<String, String> setting) {
    return summary.rows().stream()
        .filter(row -> row.method().equals(method) && row.metric().equals(metric))
        .filter(row -> row.setting().equals(setting))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aThousandLayersReportLossTimeAndMemory() {
    Result result =
        run(
            new ThousandLayers(),
            "layers=3",
            "layers.shallow=1",
            "layers.encoder=4",
            "steps=12",
            "threads=1",
            "width=8");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    for (String method : List.of("deepnorm", "post-ln")) {
      Map<String, String> deep = Map.of("arch", "encoder-decoder", "layers", "3");
      double drop = row(result.summary(), method, "loss_drop", deep).mean();
      double start = row(result.summary(), method, "loss_start", deep).mean();
      double end = row(result.summary(), method, "loss_end", deep).mean();
      assertThat(drop).isCloseTo(start - end, within(1e-12)); // means are taken of logarithms
      double below = row(result.summary(), method, "below_unigram", deep).mean();
      assertThat(below + end).as("entropy of the tokens").isBetween(2.0, Math.log(400));
      assertThat(row(result.summary(), method, "update_size", deep).mean()).isPositive();
      assertThat(row(result.summary(), method, "memory_gb", deep).mean()).isBetween(0.05, 64.0);
      Map<String, String> encoder = Map.of("arch", "encoder", "layers", "4");
      assertThat(row(result.summary(), method, "step_seconds", encoder).mean()).isPositive();
    }
  }

  /** The rivals of DeepNorm, in the places where their papers put them. */
  private static final List<String> RIVALS =
      List.of("keel", "pre-ln", "peri-ln", "lns", "siamese-norm", "hyper-connections");

  @Test
  void rivalsAreSweptOverDepthBesideDeepNorm() {
    String methods = "methods=" + String.join(",", RIVALS);
    Summary deep =
        run(
                new ThousandLayers(),
                methods,
                "layers=2",
                "layers.shallow=0",
                "layers.encoder=2",
                "steps=11",
                "threads=1",
                "width=8")
            .summary();
    Summary sweep =
        run(
                new DepthSweep(),
                methods,
                "layers=2",
                "warmups=0",
                "width=8",
                "heads=2",
                "pairs=60",
                "epochs=1",
                "seeds=1")
            .summary();
    for (String method : RIVALS) {
      for (String arch : List.of("encoder-decoder", "encoder")) {
        Map<String, String> place = Map.of("arch", arch, "layers", "2");
        assertThat(row(deep, method, "loss_drop", place).mean()).as(method).isFinite();
        assertThat(row(deep, method, "memory_gb", place).mean()).isPositive();
        assertThat(row(deep, method, "step_seconds", place).mean()).isPositive();
      }
      Map<String, String> place = Map.of("layers", "2", "warmup", "0.0");
      assertThat(row(sweep, method, "validation_accuracy", place).mean()).isBetween(0.0, 100.0);
    }
  }

  @Test
  void claimsOfOneSeedAreInconclusiveAndSayWhatIsMissing() {
    Result result =
        run(
            new ThousandLayers(),
            "layers=2",
            "layers.shallow=1",
            "layers.encoder=0",
            "steps=11",
            "threads=1",
            "width=8");
    assertThat(result.summary().claims())
        .extracting(ClaimResult::id)
        .containsExactly("deepnorm-trains", "time-linear-in-depth", "post-ln-fails");
    assertThat(result.summary().claims())
        .allSatisfy(
            claim -> {
              assertThat(claim.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
              assertThat(claim.n()).isEqualTo(1);
              assertThat(claim.interval()).isNull();
            });
  }

  @Test
  void aDepthSweepCountsTheRunsThatTrain() {
    Result result =
        run(
            new DepthSweep(),
            "methods=deepnorm",
            "layers=1,2",
            "warmups=0",
            "width=8",
            "heads=2",
            "pairs=100",
            "epochs=1",
            "seeds=3");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    SummaryRow share =
        row(result.summary(), "deepnorm", "trained_share", Map.of("layers", "2", "warmup", "0.0"));
    assertThat(share.mean()).isZero(); // a single epoch teaches nothing
    assertThat(share.ci95().get(0)).isCloseTo(0, within(1e-9));
    assertThat(share.ci95().get(1)).isBetween(56.0, 56.3); // Wilson's, 0 of 3
    assertThat(result.summary().rows()).extracting(SummaryRow::metric).contains("test_bleu");
  }

  @Test
  void diagnosticsReadEveryLayer() throws Exception {
    Result result =
        run(
            new PostLnDiagnostics(),
            "methods=post-ln,post-ln-init",
            "depth=3",
            "width=8",
            "heads=2",
            "pairs=100",
            "epochs=2",
            "seeds=1");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(result.summary().rows())
        .extracting(SummaryRow::metric)
        .contains("gradient_ratio", "update_size", "norm_input_start", "norm_input_end");
    // lower layers start smaller, so their branches' gradients are smaller too
    double plain = row(result.summary(), "post-ln", "gradient_ratio", Map.of()).mean();
    double small = row(result.summary(), "post-ln-init", "gradient_ratio", Map.of()).mean();
    assertThat(small).isGreaterThan(plain);
    String metrics =
        Files.readString(folder.resolve("postln-diagnostics/runs/post-ln-seed1/metrics.jsonl"));
    assertThat(metrics)
        .contains("\"kind\":\"" + MetricLine.PROBE + "\"")
        .contains("encoder.block2.ffn.norm")
        .contains("step_loss");
  }
}
