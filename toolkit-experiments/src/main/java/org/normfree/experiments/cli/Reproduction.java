package org.normfree.experiments.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.record.RunFiles;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.launch.Launch;
import org.normfree.experiments.run.Provenance;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import org.normfree.experiments.run.RunDirectory;

/** Runs recorded runs again from their settings, elsewhere, and compares what comes out. */
final class Reproduction {
  private final Experiment experiment;
  private final RecordedExperiment recorded;
  private final Config config;
  private final Set<String> again;

  /**
   * What a reproduction came to.
   *
   * @param equal whether every run measured the same and had the settings it has now
   * @param lines what to tell the user
   */
  record Report(boolean equal, List<String> lines) {}

  private Reproduction(
      Experiment experiment, RecordedExperiment recorded, Config config, Set<String> again) {
    this.experiment = experiment;
    this.recorded = recorded;
    this.config = config;
    this.again = again;
  }

  /**
   * @param experiments the experiments there are
   * @param recorded what was run
   * @param id the one run to do again; empty for all that are finished
   * @return the reproduction, not begun
   * @throws InputException if there is nothing finished to compare with, or the settings are none
   *     of this toolkit's
   */
  static Reproduction of(
      Experiments experiments, RecordedExperiment recorded, Optional<String> id) {
    if (!experiments.names().contains(recorded.name()) && recorded.whole().trial().isPresent()) {
      throw new InputException(
          "%s is a run of the experiment %s and lies outside of its directory: name it where it was run, in the folder \"runs\" of that"
              .formatted(recorded.path(), recorded.whole().trial().get().experiment()));
    }
    Experiment experiment = experiments.named(recorded.name());
    Config config =
        Config.resolve(
            experiment.name(),
            experiment.keys(),
            Optional.of(recorded.whole().file(RunFiles.CONFIG)),
            List.of());
    return new Reproduction(experiment, recorded, config, finished(recorded, id));
  }

  private static Set<String> finished(RecordedExperiment recorded, Optional<String> id) {
    List<RecordedRun> runs =
        recorded.isSingle() && id.isEmpty() ? List.of(recorded.whole()) : recorded.runs();
    if (id.isPresent() && runs.stream().noneMatch(run -> run.id().equals(id.get()))) {
      throw new InputException(
          "--run %s: %s"
              .formatted(
                  id.get(),
                  runs.isEmpty()
                      ? "%s is one run; leave --run out".formatted(recorded.path())
                      : "expected one of "
                          + runs.stream().map(RecordedRun::id).collect(Collectors.joining(", "))));
    }
    Set<String> finished =
        runs.stream()
            .filter(run -> id.isEmpty() || run.id().equals(id.get()))
            .filter(run -> run.state().isFinished())
            .map(RecordedRun::id)
            .collect(Collectors.toUnmodifiableSet());
    if (finished.isEmpty()) {
      throw new InputException(
          "%s is not finished, so there is nothing to compare with: run it to its end first"
              .formatted(id.map(i -> "the run " + i).orElse(recorded.path().toString())));
    }
    return finished;
  }

  /**
   * Does it.
   *
   * @param folder an empty folder to run in
   * @param command the words of the command, for the provenance
   * @return what came out
   */
  Report run(Path folder, List<String> command) {
    Path out = folder.resolve(experiment.name());
    Launch.run(new Limited(experiment, recorded, again), config, out, command);
    List<RecordedRun> then =
        recorded.isSingle()
            ? List.of(recorded.whole())
            : recorded.runs().stream().filter(run -> again.contains(run.id())).toList();
    return report(then, out);
  }

  private Report report(List<RecordedRun> then, Path out) {
    List<String> lines = new ArrayList<>(edited());
    boolean equal = lines.isEmpty();
    Set<String> scheduling =
        experiment.keys().stream()
            .filter(key -> !key.identity())
            .map(Key::name)
            .collect(Collectors.toUnmodifiableSet());
    Optional<List<String>> environment = Optional.empty();
    for (RecordedRun run : then) {
      RecordedRun now =
          new RecordedRun(recorded.isSingle() ? out : out.resolve(RunFiles.RUNS).resolve(run.id()));
      RunComparison comparison = RunComparison.of(run, now, scheduling);
      lines.addAll(comparison.lines());
      equal &= comparison.equal();
      if (!comparison.equal() && environment.isEmpty()) {
        environment = Optional.of(environment(run, now));
      }
    }
    environment.ifPresent(lines::addAll);
    if (then.size() > 1) {
      lines.add(equal ? "all %s runs are equal".formatted(then.size()) : "not all runs are equal");
    }
    return new Report(equal, lines);
  }

  /** Settings of the whole that are not those it was started with. */
  private List<String> edited() {
    return recorded
        .whole()
        .provenance()
        .map(begun -> new StoredSettings(experiment, config, recorded.config(), begun).changes())
        .orElse(List.of());
  }

  private static List<String> environment(RecordedRun then, RecordedRun now) {
    Optional<Provenance> before = then.provenance();
    Optional<Provenance> here = now.provenance();
    if (before.isEmpty() || here.isEmpty()) {
      return List.of("environment: not recorded, so it may differ");
    }
    List<String> lines = new ArrayList<>();
    add(lines, "environment", here.get().differencesFrom(before.get()));
    for (Provenance resumed : before.get().resumed()) {
      add(
          lines,
          "environment of the continuation on " + resumed.time(),
          here.get().differencesFrom(resumed).stream()
              .filter(difference -> !lines.contains("  " + difference))
              .toList());
    }
    add(lines, "data", now.dataDifferencesFrom(then));
    return lines.isEmpty() ? List.of("environment: the same in all that is recorded") : lines;
  }

  private static void add(List<String> lines, String title, List<String> differences) {
    if (!differences.isEmpty()) {
      lines.add(title + " now and then:");
      differences.forEach(difference -> lines.add("  " + difference));
    }
  }

  /** The experiment with some of its runs alone; of the others it has what is recorded. */
  private record Limited(Experiment whole, RecordedExperiment recorded, Set<String> again)
      implements Experiment {
    @Override
    public String name() {
      return whole.name();
    }

    @Override
    public String summary() {
      return whole.summary();
    }

    @Override
    public List<Key<?>> keys() {
      return whole.keys();
    }

    @Override
    public Design design(Config settings) {
      return whole.design(settings);
    }

    @Override
    public void check(Config settings) {
      whole.check(settings);
    }

    @Override
    public Runs run(Config settings, RunDirectory directory) {
      if (recorded.isSingle()) {
        return whole.run(settings, directory);
      }
      for (RecordedRun run : recorded.runs()) {
        if (!again.contains(run.id()) && run.state().isFinished()) {
          // what the experiment chooses by, and makes its table of
          RunCopy.make(run.path(), directory.childPath(run.id()));
        }
      }
      return whole.run(settings, directory.only(again));
    }
  }
}
