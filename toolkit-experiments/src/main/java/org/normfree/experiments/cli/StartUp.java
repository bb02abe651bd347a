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
    Path folder = Files.createTempDirectory("toolkit");
    Path finished = folder.resolve("finished");
    Path config = folder.resolve(RunFiles.CONFIG);
    Path summary = finished.resolve(RunFiles.SUMMARY);
    Path settings = finished.resolve(RunFiles.CONFIG);
    Path provenance = finished.resolve(RunFiles.PROVENANCE);
    Path done = finished.resolve(Marker.DONE.name());
    Path page = folder.resolve("page.md");
    try {
      Experiments experiments = Experiments.installed();
      Files.writeString(config, "{}");
      Files.createDirectory(finished);
      Files.write(summary, Json.pretty(summary(experiments.named("dyt-squash"))));
      // no images lie there, so it is not run again
      Files.writeString(
          settings,
          Json.line(
              Map.of(
                  "experiment", "dyt-squash", "data", "cifar10", "data.path", folder.toString())));
      Files.writeString(provenance, "{}");
      Files.createFile(done);
      Files.writeString(page, Documents.place("claims"));
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
    } finally {
      for (Path made :
          List.of(page, done, provenance, settings, summary, finished, config, folder)) {
        Files.deleteIfExists(made);
      }
    }
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
