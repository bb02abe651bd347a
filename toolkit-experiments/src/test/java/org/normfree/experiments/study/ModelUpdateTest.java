package org.normfree.experiments.study;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;
import org.normfree.core.method.Methods;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

class ModelUpdateTest {
  @TempDir Path folder;

  private Summary run(String... settings) {
    Result result = launch("run", settings);
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    return result.summary();
  }

  private Result launch(String out, String... settings) {
    ModelUpdate experiment = new ModelUpdate();
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), List.of(settings));
    return Launch.run(experiment, config, folder.resolve(out), List.of());
  }

  private static double slope(Summary summary, String method, String arch, String optimizer) {
    return summary.rows().stream()
        .filter(row -> row.metric().equals("update_slope") && row.method().equals(method))
        .filter(row -> row.setting().equals(Map.of("arch", arch, "optimizer", optimizer)))
        .findFirst()
        .orElseThrow()
        .mean();
  }

  private static Set<String> depths(Summary summary) {
    return summary.rows().stream()
        .filter(row -> row.metric().equals("update_size"))
        .map(row -> row.setting().get("depth"))
        .collect(Collectors.toSet());
  }

  @Test
  void theSlopeOfAPowerIsItsExponent() {
    assertThat(DepthGrowth.logLogSlope(List.of(2, 8, 32), List.of(12.0, 48.0, 192.0)))
        .isCloseTo(1, within(1e-12));
    assertThat(DepthGrowth.logLogSlope(List.of(2, 8), List.of(3.0, 0.0))).isNaN();
  }

  @Test
  void deepNormsConstantsFitSgdAndSusFitAdam() {
    Summary summary =
        run(
            "architectures=ffn-stack",
            "methods=post-ln,deepnorm,deepnorm-adam",
            "branches=8,16,32",
            "seeds=1");
    assertThat(slope(summary, "deepnorm", "ffn-stack", "sgd")).isCloseTo(0, within(0.15));
    assertThat(slope(summary, "deepnorm", "ffn-stack", "adam")).isCloseTo(0.5, within(0.1));
    assertThat(slope(summary, "deepnorm-adam", "ffn-stack", "sgd")).isCloseTo(-1, within(0.1));
    assertThat(slope(summary, "deepnorm-adam", "ffn-stack", "adam")).isCloseTo(0, within(0.1));
    assertThat(slope(summary, "post-ln", "ffn-stack", "sgd")).isGreaterThan(0.8);
  }

  @Test
  void anEncoderDecoderIsMeasuredTheSameWay() {
    Summary summary =
        run("architectures=encoder-decoder", "methods=post-ln,deepnorm", "layers=1,4", "seeds=1");
    double postLn = slope(summary, "post-ln", "encoder-decoder", "sgd");
    assertThat(slope(summary, "deepnorm", "encoder-decoder", "sgd")).isLessThan(postLn);
    assertThat(depths(summary)).containsExactlyInAnyOrder("1", "4");
  }

  /** The first of the steps is the one whose size is measured, as long as the change is small. */
  @Test
  void theOutputIsFollowedOverTheFirstSteps() throws Exception {
    Summary summary =
        run(
            "architectures=ffn-stack",
            "methods=deepnorm",
            "branches=8,16",
            "seeds=1",
            "steps=3",
            "lr.sgd=0.001",
            "lr.adam=1e-6");
    List<MetricLine> lines = new ArrayList<>();
    for (String line :
        Files.readAllLines(
            folder.resolve("run/runs/deepnorm-arch_ffn-stack-seed1/metrics.jsonl"))) {
      lines.add(Json.MAPPER.readValue(line, MetricLine.class));
    }
    assertThat(lines).hasSize(2 * 3).isSortedAccordingTo(comparingLong(MetricLine::step));
    assertThat(lines.get(0).scope()).isEqualTo("depth 8");
    Map<String, Double> rates = Map.of("sgd", 1e-3, "adam", 1e-6);
    rates.forEach(
        (optimizer, rate) -> {
          double size =
              summary.rows().stream()
                  .filter(row -> row.metric().equals("update_size"))
                  .filter(row -> row.setting().get("depth").equals("8"))
                  .filter(row -> row.setting().get("optimizer").equals(optimizer))
                  .findFirst()
                  .orElseThrow()
                  .mean();
          double first = lines.get(0).values().get(optimizer);
          assertThat(first).isCloseTo(rate * size, withinPercentage(5));
          assertThat(lines.get(4).values().get(optimizer)).isGreaterThan(2 * first);
        });
  }

  /** SkipInit's branches begin with a factor of 0, so their matrices have no gradient. */
  @Test
  void whatDoesNotMoveHasASizeOf0AndNoSlope() {
    Summary summary =
        run("architectures=ffn-stack", "methods=skipinit", "branches=8,16", "seeds=1", "steps=1");
    assertThat(summary.rows()).extracting(SummaryRow::metric).containsOnly("update_size");
    assertThat(depths(summary)).containsExactlyInAnyOrder("8", "16");
    // a size of 0 has no logarithm, so it is kept as a value and counted in no mean
    assertThat(summary.rows())
        .allSatisfy(
            row -> {
              assertThat(row.values()).containsExactly(0.0);
              assertThat(row.mean()).isNull();
              assertThat(row.diverged()).isZero();
            });
  }

  /** LayerScale moves the output by a millionth of what Post-LN does, an identity by far more. */
  @Test
  void smallAndHugeUpdatesAreMeasuredToo() {
    Summary summary =
        run(
            "architectures=ffn-stack",
            "methods=layerscale,identity-no-alpha",
            "branches=24,48",
            "seeds=1",
            "steps=0");
    assertThat(summary.rows())
        .filteredOn(row -> row.metric().equals("update_size"))
        .hasSize(2 * 2 * 2)
        .allSatisfy(row -> assertThat(row.values().get(0)).isPositive().isFinite());
    assertThat(slope(summary, "identity-no-alpha", "ffn-stack", "sgd")).isGreaterThan(5);
    assertThat(slope(summary, "layerscale", "ffn-stack", "sgd")).isBetween(0.5, 1.5);
  }

  /** Methods that one of the networks does not take, each with the reason. */
  private static final Map<String, Map<String, String>> REFUSED =
      Map.of(
          "ffn-stack", Map.of("span-norm", "attention branch"),
          "encoder-decoder", Map.of("batch-norm", "a decoder"));

  /** Methods whose branches begin at 0, so that matrices of branches have no gradient. */
  private static final Set<String> STILL = Set.of("skipinit", "rezero", "pro-res");

  @ParameterizedTest
  @ValueSource(strings = {"ffn-stack", "encoder-decoder"})
  void everyMethodIsMeasuredOrRefusedWithTheReason(String architecture) {
    Map<String, String> refused = REFUSED.get(architecture);
    List<String> methods = new ArrayList<>(Methods.names());
    methods.removeAll(refused.keySet());
    Set<String> still = architecture.equals("ffn-stack") ? STILL : Set.of(); // it has tables too
    List<String> size = List.of("branches=4,8", "layers=1,2", "seeds=1", "steps=2", "threads=1");
    List<String> settings = new ArrayList<>(size);
    settings.addAll(
        List.of("architectures=" + architecture, "methods=" + String.join(",", methods)));
    Summary summary = run(settings.toArray(String[]::new));
    for (String method : methods) {
      assertThat(summary.rows())
          .as(method)
          .filteredOn(row -> row.method().equals(method) && row.metric().equals("update_size"))
          .hasSize(2 * 2)
          .allSatisfy(row -> assertThat(row.values()).allMatch(Double::isFinite))
          .allMatch(row -> row.values().get(0) > 0 != still.contains(method));
    }
    refused.forEach(
        (method, reason) ->
            assertThatThrownBy(
                    () -> launch("refused", "architectures=" + architecture, "methods=" + method))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll("method " + method, reason));
  }

  @Test
  void oneDepthHasNoSlopeAndNoStepsNoPath() {
    Summary summary =
        run("architectures=ffn-stack", "methods=dyt", "branches=8", "seeds=1", "steps=0");
    assertThat(summary.rows()).extracting(SummaryRow::metric).containsOnly("update_size");
    assertThat(folder.resolve("run/runs/dyt-arch_ffn-stack-seed1/metrics.jsonl")).isEmptyFile();
  }
}
