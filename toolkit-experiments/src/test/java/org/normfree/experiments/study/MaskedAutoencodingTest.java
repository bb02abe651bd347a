package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

class MaskedAutoencodingTest {
  private static final List<String> SMALL =
      List.of(
          "width=8",
          "heads=2",
          "depth=1",
          "decoder.width=8",
          "epochs=2",
          "warmup=0",
          "probe.epochs=1",
          "tune.epochs=1",
          "seeds=1");

  @TempDir Path folder;

  private Result run(String... settings) {
    MaskedAutoencoding study = new MaskedAutoencoding();
    List<String> assignments = new ArrayList<>(SMALL);
    assignments.addAll(List.of(settings));
    Config config = Config.resolve(study.name(), study.keys(), Optional.empty(), assignments);
    Result result = Launch.run(study, config, folder.resolve(study.name()), List.of());
    SummaryCheck.check(result.summary());
    return result;
  }

  @Test
  void everyEncoderIsJudgedAfterTheSameSearch() {
    Result result = run("methods=pre-ln,fixup");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    List<SummaryRow> rows = result.summary().rows();
    assertThat(rows)
        .filteredOn(row -> row.method().equals("pre-ln"))
        .extracting(SummaryRow::metric)
        .contains(
            "test_tuned_accuracy",
            "test_scratch_accuracy",
            "test_probe_accuracy",
            "test_untrained_probe_accuracy",
            "test_loss_over_mean_image",
            "test_loss_over_zero",
            "test_converted_accuracy");
    assertThat(rows)
        .filteredOn(row -> row.method().equals("fixup"))
        .extracting(SummaryRow::metric)
        .contains("test_tuned_accuracy")
        .doesNotContain("test_converted_accuracy");
    assertThat(rows)
        .filteredOn(row -> row.metric().equals("test_loss_over_mean_image"))
        .allSatisfy(row -> assertThat(row.mean()).isBetween(0.5, 10.0));
    assertThat(folder.resolve("masked-autoencoder/runs/search-pre-ln-lr_0.0015-seed1")).exists();
  }

  @Test
  void settingsThatKeepNothingOrEverythingAreRefused() {
    assertThatThrownBy(() -> run("mask.ratio=1"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mask.ratio=1.0");
    assertThatThrownBy(() -> run("mask.ratio=0.95"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("keeps 0 of 16");
    assertThatThrownBy(() -> run("width=10", "heads=2"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("divisible by 4");
  }
}
