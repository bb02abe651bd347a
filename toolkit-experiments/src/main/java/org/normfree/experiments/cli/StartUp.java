package org.normfree.experiments.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.launch.Occasion;
import org.normfree.experiments.launch.Summaries;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.sweep.TrialResult;
import org.normfree.plots.report.Documents;

/**
 * Begins every command up to its first lines and carries none out, so that an archive of the
 * classes that this loads holds what a start needs. The launcher makes that archive when it has
 * built the toolkit: a start without takes twice as long.
 */
final class StartUp {
  private StartUp() {}

  /**
   * @param args none
   * @throws IOException if no temporary file can be written
   */
  public static void main(String[] args) throws IOException {
    try (Scratch scratch = Scratch.of("start-up")) {
      Experiments experiments = Experiments.installed();
      Path folder = scratch.folder();
      Path config = Files.writeString(folder.resolve(RunFiles.CONFIG), "{}");
      Path page = Files.writeString(folder.resolve("page.md"), Documents.place("claims"));
      Path finished = Files.createDirectory(folder.resolve("finished"));
      writeFinished(finished, experiments.named("dyt-squash"));
      begin(experiments, "list");
      begin(experiments, "--help");
      begin(experiments, "run", "train", "--help");
      for (Experiment experiment : experiments.all()) {
        // refused behind all else that is looked at: a file is in the way
        begin(experiments, "run", experiment.name(), "--out", config.resolve("run").toString());
      }
      String run = folder.toString();
      for (List<String> command :
          List.of(
              List.of("run", "train", "--out", run),
              List.of("status", run),
              List.of("compare", run, run),
              List.of("reproduce", run),
              List.of("reproduce", finished.toString()),
              List.of("data", "check", run),
              List.of("document", "--runs", run, page.toString()),
              List.of("figures", "--runs", run, "--out", config.toString()))) {
        begin(experiments, command.toArray(String[]::new));
      }
    }
  }

  /** Writes what a finished experiment leaves whose data are gone, so that none is run again. */
  private static void writeFinished(Path folder, Experiment experiment) throws IOException {
    Map<String, String> settings =
        Map.of(
            Config.EXPERIMENT,
            experiment.name(),
            Keys.DATA.name(),
            "cifar10",
            Keys.DATA_PATH.name(),
            folder.toString());
    Files.writeString(folder.resolve(RunFiles.CONFIG), Json.line(settings));
    Files.writeString(folder.resolve(RunFiles.PROVENANCE), "{}");
    Files.write(folder.resolve(RunFiles.SUMMARY), Json.pretty(summary(experiment)));
    Files.createFile(folder.resolve(Marker.DONE.name()));
  }

  /** What a finished experiment of one run that measured nothing leaves. */
  private static Summary summary(Experiment experiment) {
    Design design = experiment.design(Config.defaults(experiment.name(), experiment.keys()));
    Trial trial = new Trial(experiment.name(), "dyt", Map.of(), 1, Trial.FINAL);
    TrialResult result = new TrialResult("dyt", trial, Outcome.done(Map.of()));
    return Summaries.of(
        experiment.name(),
        design,
        Runs.of(List.of(result)),
        run -> Optional.empty(),
        Occasion.BY_HAND);
  }

  private static void begin(Experiments experiments, String... words) {
    Toolkit.execute(() -> experiments, words);
  }
}
