package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.method.Methods;
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

  @Test
  void everyMethodIsMeasuredOrRefusedWithTheReason() {
    List<String> methods = new ArrayList<>(Methods.names());
    methods.remove("span-norm");
    Result result =
        run("methods=" + String.join(",", methods), "branches=4,8", "seeds=1", "threads=1");
    for (String method : methods) {
      assertThat(result.summary().rows())
          .as(method)
          .filteredOn(row -> row.method().equals(method) && row.metric().equals("loss_change"))
          .hasSize(3 * 2)
          .allSatisfy(row -> assertThat(row.values()).allMatch(Double::isFinite));
    }
    assertThatThrownBy(() -> launch("refused", "methods=span-norm"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method span-norm", "attention branch");
  }

  private Result run(String... settings) {
    return launch("run", settings);
  }

  private Result launch(String out, String... settings) {
    IncrementExplosion experiment = new IncrementExplosion();
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), List.of(settings));
    return Launch.run(experiment, config, folder.resolve(out), List.of());
  }

  /** Su's derivation: each row of constants is flat for its optimizer. */
  @Test
  void theChangeIsFlatWhereConstantsMeetTheirOptimizer() {
    Result result =
        run("methods=deepnorm,deepnorm-adam,deepnorm-lamb", "branches=6,12,24", "seeds=2");
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
