package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

/** Self-distillation at its smallest: it runs, records, and refuses what does not fit. */
class SelfDistillationStudyTest {
  private static final List<String> SMALL =
      List.of("width=8", "heads=2", "depth=1", "patch=4", "head.hidden=8", "batch=400", "seeds=1");

  @TempDir Path folder;

  @Test
  void methodsAndControlsAreRunAndTheirFeaturesAndAnswersMeasured() {
    Experiment study = new SelfDistillationStudy();
    List<String> settings = new ArrayList<>(SMALL);
    settings.addAll(List.of("methods=pre-ln,dyt", "epochs=2", "drop.path=0.1", "eval.every=1"));
    Config config = Config.resolve(study.name(), study.keys(), Optional.empty(), settings);
    Result result = Launch.run(study, config, folder.resolve("out"), List.of());
    Summary summary = result.summary();
    SummaryCheck.check(summary);
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_knn")).toList();
    assertThat(rows).hasSize(6);
    double pixels = mean(summary, "pixel_knn");
    assertThat(pixels).as("neighbours of digits' pixels").isGreaterThan(95);
    assertThat(mean(summary, "knn_gain"))
        .isCloseTo(mean(summary, "test_knn") - mean(summary, "untrained_knn"), within(1e-9));
    assertThat(mean(summary, "information"))
        .isCloseTo(
            mean(summary, "mean_answer_entropy") - mean(summary, "answer_entropy"), within(1e-6));
    assertThat(summary.claims())
        .extracting(ClaimResult::id)
        .contains("dyt-about-ln", "dyt-no-centring-collapses", "pre-ln-learns");
    assertThat(folder.resolve("out/runs/dyt-control_no-centring-seed1/metrics.jsonl"))
        .content(StandardCharsets.UTF_8)
        .containsPattern("\"scope\":\"teacher\"[^\n]*\"knn\"");
  }

  /** Of the first method without controls. */
  private static double mean(Summary summary, String metric) {
    return summary.rows().stream()
        .filter(row -> row.metric().equals(metric) && row.setting().isEmpty())
        .findFirst()
        .orElseThrow()
        .mean();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crops.local.size=3 | patch=2 does not divide the local crops of 3×3 pixels",
        "crops.local.size=10 | crops of 10×10 pixels are larger than the 8×8 of an image",
        "crops.local.area=0.8 | crops.local.area=0.8 is above crops.area=0.75",
        "teacher.temperature=0 | teacher.temperature=0",
        "student.temperature=0 | student.temperature=0",
        "centre.momentum=2 | centre.momentum=2",
        "head.outputs=1 | head.outputs=1",
        "knn.k=5000 | knn.k=5000 neighbours of 1197 training images"
      })
  void whatDoesNotFitIsRefusedInOneLine(String setting, String words) {
    ToolkitRunner.Output output =
        ToolkitRunner.run(
            List.of(
                "run",
                "self-distillation",
                "seeds=1",
                setting,
                "--out",
                folder.resolve("out").toString()));
    assertThat(output.exitCode()).isNotZero();
    assertThat(output.err()).contains(words);
    assertThat(output.err().strip().lines()).hasSize(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
