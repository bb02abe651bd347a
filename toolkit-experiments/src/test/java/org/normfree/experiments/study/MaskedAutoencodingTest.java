package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.Json;
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
    Path runs = folder.resolve("masked-autoencoder/runs");
    assertThat(runs.resolve("search-pre-ln-lr_0.0015-seed1")).exists();
    assertThat(runs.resolve("search-pre-ln-lr_0.0015-seed1/images.json")).doesNotExist();
  }

  /** Four of sixteen patches are seen; they are as in the image above and below. */
  @Test
  void reconstructionsKeepWhatIsSeen() throws IOException {
    run("methods=pre-ln", "lr.grid=0.003");
    List<Path> written;
    try (Stream<Path> files = Files.walk(folder)) {
      written = files.filter(file -> file.endsWith("images.json")).toList();
    }
    assertThat(written).hasSize(1);
    ImageGrids.Grid grid = Json.read(written.get(0), ImageGrids.class).grids().get(0);
    assertThat(grid.rows()).isEqualTo(3);
    assertThat(grid.columns()).isEqualTo(8);
    for (int column = 0; column < 8; column++) {
      int kept = 0;
      int changed = 0;
      for (int patch = 0; patch < 16; patch++) {
        boolean seen = true;
        boolean same = true;
        for (int pixel = 0; pixel < 4; pixel++) {
          int y = patch / 4 * 2 + pixel / 2;
          int x = patch % 4 * 2 + pixel % 2;
          seen &= grid.rgb(0, column, y, x) == grid.rgb(1, column, y, x);
          same &= grid.rgb(0, column, y, x) == grid.rgb(2, column, y, x);
        }
        kept += seen ? 1 : 0;
        changed += same ? 0 : 1;
        assertThat(same || !seen).as("patch %s of image %s", patch, column).isTrue();
      }
      assertThat(kept).as("patches seen of image %s", column).isBetween(4, 6);
      assertThat(changed).as("patches guessed of image %s", column).isBetween(3, 12);
    }
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
