package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;

class ModelUpdateTest {
  @TempDir Path folder;

  private Summary run(String... settings) {
    ModelUpdate experiment = new ModelUpdate();
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), List.of(settings));
    Result result = Launch.run(experiment, config, folder.resolve("run"), List.of());
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    return result.summary();
  }

  private static double slope(Summary summary, String method, String arch, String optimizer) {
    return summary.rows().stream()
        .filter(row -> row.metric().equals("update_slope") && row.method().equals(method))
        .filter(row -> row.setting().equals(Map.of("arch", arch, "optimizer", optimizer)))
        .findFirst()
        .orElseThrow()
        .mean();
  }

  @Test
  void theSlopeOfAPowerIsItsExponent() {
    assertThat(ModelUpdate.slope(List.of(2.0, 8.0, 32.0), List.of(12.0, 48.0, 192.0)))
        .isCloseTo(1, within(1e-12));
    assertThat(ModelUpdate.slope(List.of(2.0, 8.0), List.of(3.0, 0.0))).isNaN();
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
    assertThat(summary.rows().stream().map(row -> row.metric()))
        .contains("update_size:1", "update_size:4");
  }
}
