package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

class Bfloat16TrainingTest {
  @TempDir Path folder;

  private Result run() {
    Bfloat16Training study = new Bfloat16Training();
    Config config =
        Config.resolve(
            study.name(),
            study.keys(),
            Optional.empty(),
            List.of(
                "methods=dyt",
                "width=8",
                "depth=1",
                "heads=2",
                "epochs=1",
                "warmup=0",
                "characters=20000",
                "pairs=60",
                "seeds=2"));
    return Launch.run(study, config, folder, List.of());
  }

  @Test
  void everyProblemIsTrainedInBothPrecisionsOrRefusedWhereTheProcessorHasOne() {
    if (Kernel.missingForBfloat16(Kernels.standard()).isPresent()) {
      assertThatThrownBy(this::run)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("precision=bf16 cannot run here")
          .hasMessageNotContaining("\n");
      return;
    }
    Result result = run();
    Summary summary = result.summary();
    SummaryCheck.check(summary);
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    for (String metric : List.of("test_accuracy", "test_loss")) {
      List<SummaryRow> rows =
          summary.rows().stream().filter(row -> row.metric().equals(metric)).toList();
      assertThat(rows).hasSize(3 * 2).allMatch(row -> row.n() == 2);
      assertThat(new TreeSet<>(rows.stream().map(SummaryRow::mean).toList()))
          .as("roundings are seen, or the precision was not used")
          .hasSizeGreaterThan(3);
    }
    assertThat(summary.claims()).hasSize(3);
  }
}
