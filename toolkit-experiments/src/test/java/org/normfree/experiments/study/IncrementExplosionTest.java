package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Marker;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

class IncrementExplosionTest {
  @TempDir Path folder;

  private static double slope(Result result, String method, String optimizer) {
    return result.summary().rows().stream()
        .filter(row -> row.metric().equals("increment_slope") && row.method().equals(method))
        .filter(row -> row.setting().equals(Map.of("optimizer", optimizer)))
        .map(SummaryRow::mean)
        .findFirst()
        .orElseThrow();
  }

  /** Su's derivation: each row of constants is flat for its optimizer. */
  @Test
  void theChangeIsFlatWhereConstantsMeetTheirOptimizer() {
    IncrementExplosion experiment = new IncrementExplosion();
    List<String> settings =
        List.of("methods=deepnorm,deepnorm-adam,deepnorm-lamb", "branches=6,12,24", "seeds=2");
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), settings);
    Result result = Launch.run(experiment, config, folder.resolve("run"), List.of());
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    Offset<Double> near = Offset.offset(0.1);
    assertThat(slope(result, "deepnorm", "sgd")).isCloseTo(0, near);
    assertThat(slope(result, "deepnorm", "adam")).isCloseTo(0.5, near);
    assertThat(slope(result, "deepnorm-adam", "sgd")).isCloseTo(-1, near);
    assertThat(slope(result, "deepnorm-adam", "adam")).isCloseTo(0, near);
    assertThat(slope(result, "deepnorm-lamb", "adam")).isCloseTo(0.5, near);
    assertThat(slope(result, "deepnorm-lamb", "lamb")).isCloseTo(0, near);
  }
}
