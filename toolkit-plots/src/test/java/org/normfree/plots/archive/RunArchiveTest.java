package org.normfree.plots.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Trial;
import org.normfree.plots.RecordedRuns;

class RunArchiveTest {
  @TempDir Path folder;

  @Test
  void findsExperimentsAtAnyDepthInTheOrderOfTheirPaths() {
    RecordedRuns.train(folder.resolve("b/deeper/train"));
    RecordedRuns.squash(folder.resolve("a"));
    assertThat(RunArchive.read(folder).experiments())
        .extracting(Experiment::id)
        .containsExactly("dyt-squash", "train");
    assertThat(RunArchive.read(folder.resolve("a")).experiments())
        .extracting(Experiment::id)
        .containsExactly("dyt-squash");
  }

  @Test
  void experimentsOfOneNameGetIdsOfTheirOwn() {
    RecordedRuns.train(folder.resolve("first run"));
    RecordedRuns.train(folder.resolve("second"));
    assertThat(RunArchive.read(folder).experiments())
        .extracting(Experiment::id)
        .containsExactly("train-first-run", "train-second");
  }

  @Test
  void readsRunsWithTrialMarkerAndNote() {
    RecordedRuns.squash(folder);
    Experiment experiment = RunArchive.read(folder).experiments().get(0);
    assertThat(experiment.runs()).hasSize(24);
    assertThat(experiment.config()).containsEntry("data", "digits");
    Run run =
        experiment.runs().stream()
            .filter(r -> r.id().equals("identity-learned-2"))
            .findFirst()
            .orElseThrow();
    assertThat(run.marker()).contains(Marker.DIVERGED);
    assertThat(run.note()).isEqualTo("step 420: loss is NaN");
    assertThat(run.trial().setting()).isEqualTo(Map.of("alpha", "learned", "squash", "identity"));
    assertThat(run.curve("metric", "train", "loss").lastEntry().getValue()).isNaN();
  }

  @Test
  void aTrainingExperimentIsItsOwnRun() {
    RecordedRuns.train(folder);
    List<Run> runs = RunArchive.read(folder).experiments().get(0).runs();
    assertThat(runs).hasSize(1);
    assertThat(runs.get(0).trial()).isEqualTo(new Trial("train", "dyt", Map.of(), 5, Trial.FINAL));
    assertThat(runs.get(0).done()).isTrue();
  }

  @Test
  void groupsReportedRunsInTheOrderOfTheSummary() {
    RecordedRuns.comparison(folder);
    Map<Group, List<Run>> groups = RunArchive.read(folder).experiments().get(0).groups();
    assertThat(groups.keySet())
        .extracting(Group::method)
        .startsWith("pre-ln", "post-ln", "rms-norm");
    assertThat(groups.values()).allSatisfy(runs -> assertThat(runs).hasSize(3));
  }

  @Test
  void aMissingFolderIsNamed() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> RunArchive.read(missing))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("no folder " + missing + ": expected");
  }

  @Test
  void aFolderWithoutExperimentsIsNamed() {
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "no finished experiment below %s: expected a summary.json there, so run an experiment"
                    .formatted(folder)
                + " first");
  }

  @Test
  void aBrokenMetricLineIsNamedByFileAndNumber() throws IOException {
    RecordedRuns.train(folder);
    Path file = folder.resolve("metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(6, lines.get(6).substring(0, 20));
    Files.write(file, lines);
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("line 7 of " + file + " is not a metric line (")
        .hasMessageEndingWith("): resume the run or delete its directory");
    lines.set(6, "{}");
    Files.write(file, lines);
    assertThatThrownBy(() -> RunArchive.read(folder))
        .hasMessageStartingWith("line 7 of " + file + " is not a metric line (no kind");
    lines.set(6, "null");
    Files.write(file, lines);
    assertThatThrownBy(() -> RunArchive.read(folder)).isInstanceOf(InputException.class);
  }

  @Test
  void aBrokenSummaryOrConfigurationIsNamed() throws IOException {
    RecordedRuns.train(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(config, "[1]");
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(config + " is not a JSON object");
    Path summary = folder.resolve("summary.json");
    Files.writeString(summary, "{\"experiment\": \"train\"}");
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(summary + " names no experiment or has no rows");
    Files.writeString(summary, "{\"experiment\": \"train\", \"rows\": [{\"method\": \"dyt\"}]}");
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("row 1 of " + summary + " has no method or no metric");
    Files.writeString(summary, "{\"experiment\"");
    assertThatThrownBy(() -> RunArchive.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("cannot read " + summary);
  }
}
