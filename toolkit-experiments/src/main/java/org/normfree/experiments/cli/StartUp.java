package org.normfree.experiments.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.normfree.core.record.RunFiles;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;

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
    Path config = Files.writeString(folder.resolve(RunFiles.CONFIG), "{}");
    try {
      Experiments experiments = Experiments.installed();
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
              List.of("data", "check", run),
              List.of("document", "--runs", run, run),
              List.of("figures", "--runs", run, "--out", config.toString()))) {
        begin(experiments, command.toArray(String[]::new));
      }
    } finally {
      Files.delete(config);
      Files.delete(folder);
    }
  }

  private static void begin(Experiments experiments, String... words) {
    Toolkit.execute(() -> experiments, words);
  }
}
