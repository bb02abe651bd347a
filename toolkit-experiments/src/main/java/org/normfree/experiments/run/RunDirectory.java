package org.normfree.experiments.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.record.Folders;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.PlainJson;
import org.normfree.core.record.Reason;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.slf4j.LoggerFactory;

/**
 * The directory of one run, open and locked: nobody else writes to it until it is closed. It
 * belongs to one configuration for good; what is finished in it is never done again, and what was
 * interrupted is continued.
 */
public final class RunDirectory implements AutoCloseable {

  /** What a run writes before it has anything to tell. */
  private static final Set<String> BOOKKEEPING =
      Set.of(RunFiles.CONFIG, RunFiles.PROVENANCE, RunFiles.TRIAL, RunFiles.DATA, RunFiles.PLAN);

  /** What holds the results of a run, once there is something in it. */
  private static final Set<String> RESULTS =
      Set.of(RunFiles.METRICS, RunFiles.TIMING, RunFiles.CHECKPOINTS, RunFiles.RUNS);

  /** What computes an op that no kernel does: the reference arithmetic. */
  private static final String ND4J = "nd4j";

  private final Path path;
  private final Config config;
  private final List<String> command;
  private final Optional<RunDirectory> experiment;
  private final List<Path> made;
  private final Optional<RunLock> lock;
  private final Before before;
  private final boolean fresh;
  private final Optional<Marker> finished;
  private final Optional<Set<String>> only;
  private volatile boolean recorded;
  private volatile boolean trained;

  private RunDirectory(
      Path path,
      Config config,
      List<String> command,
      Optional<RunDirectory> experiment,
      List<Path> made,
      Optional<RunLock> lock,
      boolean fresh) {
    this.path = path;
    this.config = config;
    this.command = command;
    this.experiment = experiment;
    this.made = made;
    this.lock = lock;
    this.before = lock.isPresent() ? Before.of(path) : Before.none(path);
    this.fresh = fresh;
    this.finished =
        Stream.of(Marker.DONE, Marker.DIVERGED).filter(m -> Files.exists(marker(m))).findFirst();
    this.only = Optional.empty();
  }

  private RunDirectory(RunDirectory same, Set<String> only) {
    path = same.path;
    config = same.config;
    command = same.command;
    experiment = same.experiment;
    made = same.made;
    lock = same.lock;
    before = same.before;
    fresh = same.fresh;
    finished = same.finished;
    this.only = Optional.of(Set.copyOf(only));
  }

  /**
   * Opens a run's directory, or makes a new one. A run that FAILED before counts as interrupted.
   *
   * @param path the directory
   * @param config the run's settings
   * @param command the words of the command, for the provenance
   * @return the directory, locked
   * @throws InputException if the directory holds something else than a run, a run with other
   *     settings, or another run is writing to it; then nothing in it was changed
   * @throws UncheckedIOException if it cannot be written to
   */
  public static RunDirectory open(Path path, Config config, List<String> command) {
    return open(path, config, command, () -> {});
  }

  /**
   * The same.
   *
   * @param granted what to do when the directory is this run's and nothing is left that refuses it
   */
  public static RunDirectory open(
      Path path, Config config, List<String> command, Runnable granted) {
    return open(path, config, command, Optional.empty(), granted);
  }

  /**
   * A directory to rehearse a run in: what it would carry out is found out, see {@code
   * sweep.Rehearsal}, and nothing is written or looked at.
   *
   * @param config the run's settings
   */
  public static RunDirectory rehearsal(Config config) {
    return new RunDirectory(
        Path.of("rehearsal"),
        config,
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        true);
  }

  /** Whether nothing is to be carried out here. */
  public boolean isRehearsal() {
    return lock.isEmpty();
  }

  private static RunDirectory open(
      Path path,
      Config config,
      List<String> command,
      Optional<RunDirectory> experiment,
      Runnable granted) {
    RunDirectory run = locked(path.toAbsolutePath().normalize(), config, command, experiment);
    try {
      if (run.finished().isEmpty()) {
        granted.run();
        run.begin();
      }
      return run;
    } catch (RuntimeException e) {
      throw after(e, run::discard);
    }
  }

  private static RunDirectory locked(
      Path directory, Config config, List<String> command, Optional<RunDirectory> experiment) {
    refuseOthers(directory, config);
    List<Path> made = create(directory);
    try {
      RunLock lock = RunLock.take(directory);
      try {
        // somebody may have come first between the look and the lock
        boolean fresh = refuseOthers(directory, config);
        return new RunDirectory(
            directory, config, List.copyOf(command), experiment, made, Optional.of(lock), fresh);
      } catch (RuntimeException e) {
        throw after(
            e,
            () -> {
              lock.undo();
              lock.close();
            });
      }
    } catch (RuntimeException e) {
      throw after(e, () -> remove(made));
    }
  }

  /** Undoes something after a failure; the failure is what is told. */
  private static RuntimeException after(RuntimeException failure, Runnable undo) {
    try {
      undo.run();
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /**
   * @param path a run's directory
   * @return whether the run there is DONE or DIVERGED; needs no lock
   */
  public static boolean isFinished(Path path) {
    return Files.exists(path.resolve(Marker.DONE.name()))
        || Files.exists(path.resolve(Marker.DIVERGED.name()));
  }

  /**
   * Whether a directory is still to be made at a place, which is tried and undone.
   *
   * @param path the place
   * @return false if something is there, of whatever kind
   * @throws InputException if none can be made there
   */
  public static boolean isFree(Path path) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    remove(create(path));
    return true;
  }

  /**
   * Opens the directory of one run of a sweep, inside this one.
   *
   * @param id a name for it, unique in the sweep: letters, digits, dots, hyphens and underscores
   * @param trial what the run stands for
   * @param settings the run's own settings
   * @return its directory, locked
   */
  public RunDirectory child(String id, Trial trial, Config settings) {
    RunDirectory child = open(childPath(id), settings, command, Optional.of(this), () -> {});
    if (child.finished().isEmpty()) {
      child.write(RunFiles.TRIAL, trial);
    }
    return child;
  }

  /**
   * @param id the name of a run of the sweep
   * @return where its directory is, whether it exists or not
   */
  public Path childPath(String id) {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "run id \"%s\": expected letters, digits, dots, hyphens and underscores".formatted(id));
    }
    return path.resolve(RunFiles.RUNS).resolve(id);
  }

  /**
   * This directory for a sweep that is to carry out some of its runs alone.
   *
   * @param ids the runs it carries out; of the others it takes what is recorded
   * @return the same directory under the same lock; the one it was made from is to be closed
   */
  public RunDirectory only(Set<String> ids) {
    return new RunDirectory(this, ids);
  }

  /**
   * @param id the name of a run of the sweep
   * @return whether the run is to be carried out here, see {@link #only}
   */
  public boolean carriesOut(String id) {
    return only.isEmpty() || only.get().contains(id);
  }

  /**
   * Reads how a run of the sweep ended that is not carried out here, whatever its settings are.
   *
   * @param id the name of a run of the sweep
   * @return how it ended; failed if it is not finished
   * @throws InputException if its files were damaged
   */
  public Outcome recorded(String id) {
    RecordedRun run = new RecordedRun(childPath(id));
    return run.state().isFinished()
        ? run.outcome()
        : new Outcome(Marker.FAILED, Map.of(), "left out");
  }

  /**
   * Notes which runs a sweep is about to carry out, for those who look on.
   *
   * @param ids their names; those of earlier sweeps in this directory are kept
   */
  public void plan(List<String> ids) {
    Path file = file(RunFiles.PLAN);
    Plan known = Plan.read(file);
    Plan all = known.with(ids);
    if (!all.equals(known)) {
      try {
        before.remember(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
      write(RunFiles.PLAN, all);
    }
  }

  /** The directory itself, absolute. */
  public Path path() {
    return path;
  }

  /**
   * @param name a file's name, see {@link RunFiles}
   * @return the file in this directory
   */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** The folder of the run's checkpoints; whoever writes one creates it. */
  public Path checkpoints() {
    return file(RunFiles.CHECKPOINTS);
  }

  /** The run's settings. */
  public Config config() {
    return config;
  }

  /** DONE or DIVERGED if the run ended before this directory was opened; empty if it is to run. */
  public Optional<Marker> finished() {
    return finished;
  }

  /** Whether an earlier process began this run and did not finish it. */
  public boolean interrupted() {
    return !fresh && finished.isEmpty();
  }

  /**
   * Records what the run is about to be trained on; to be called before anything else is recorded.
   *
   * @param data what was read
   * @throws InputException if this run, or another one of its experiment, was begun on other data
   *     of the same settings; then nothing was changed
   */
  public void trainedOn(DataIdentity data) {
    // the runs of an experiment may begin side by side
    synchronized (experiment.orElse(this)) {
      experiment.ifPresent(whole -> whole.refuseOtherData(data));
      refuseOtherData(data);
      experiment.ifPresent(whole -> whole.recordData(data));
      recordData(data);
    }
    trained = true;
  }

  /**
   * Opens the metrics of a run that begins at its first step; what an interrupted one without a
   * checkpoint left is dropped.
   */
  public MetricLog metrics() {
    record();
    return MetricLog.fresh(file(RunFiles.METRICS));
  }

  /**
   * Opens the metrics of a run that goes on from a checkpoint; lines of later steps are dropped.
   *
   * @param step the checkpoint's step
   */
  public MetricLog metricsUpTo(long step) {
    record();
    return MetricLog.upTo(file(RunFiles.METRICS), step);
  }

  /** Opens the run's timings, to add to them. */
  public TimingLog timing() {
    return new TimingLog(file(RunFiles.TIMING));
  }

  /**
   * Writes a JSON file of the run in one atomic step.
   *
   * @param name the file's name
   * @param content a record or map
   */
  public void write(String name, Object content) {
    AtomicFile.write(file(name), Json.pretty(content));
  }

  /**
   * Records what the run got right of each test item.
   *
   * @param items see {@link TestItems}
   */
  public void writeItems(Map<String, double[]> items) {
    // on one line: there are thousands of numbers
    AtomicFile.write(
        file(RunFiles.ITEMS), (Json.line(items) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Records how a single run ended.
   *
   * @param outcome the end and the numbers it came with
   */
  public void finish(Outcome outcome) {
    record();
    if (outcome.marker() != Marker.FAILED) {
      write(RunFiles.RESULT, outcome.values());
    }
    end();
    mark(outcome.marker(), outcome.message());
  }

  /**
   * Records how an experiment ended.
   *
   * @param summary its table
   * @param marker how it ended
   * @param message one line; may be empty
   */
  public void finish(Summary summary, Marker marker, String message) {
    record();
    write(RunFiles.SUMMARY, summary);
    end();
    mark(marker, message);
  }

  /**
   * Records what stopped the run: the stack trace, and the marker FAILED.
   *
   * @param failure what was thrown
   */
  public void fail(Throwable failure) {
    record();
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    AtomicFile.write(file(RunFiles.ERROR), trace.toString().getBytes(StandardCharsets.UTF_8));
    mark(Marker.FAILED, Outcome.messageOf(failure));
  }

  /**
   * Reads back how a finished single run ended.
   *
   * @throws InputException if its files were damaged
   */
  public Outcome outcome() {
    if (finished.isEmpty()) {
      throw new IllegalStateException(path + " is not finished");
    }
    return new RecordedRun(path).outcome();
  }

  /** Reads back the table of a finished experiment. */
  public Summary summary() {
    return Json.read(file(RunFiles.SUMMARY), Summary.class);
  }

  /**
   * Leaves the directory as it was before this opening and closes it, so that settings which turn
   * out to be unusable do not occupy it. What this opening made goes: files, the directory, the
   * folders above it. What was there stays, down to its content, and so does everything once there
   * are results.
   */
  public void discard() {
    try (RunLock held = lock.orElseThrow()) {
      if (!holdsResults()) {
        before.restore(BOOKKEEPING, RESULTS);
        held.undo();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up %s: %s".formatted(path, e.getMessage()), e);
    }
    remove(made);
  }

  private boolean holdsResults() throws IOException {
    boolean holds = !fresh && recorded;
    for (String name : RESULTS) {
      holds |= before.nowHolds(file(name));
    }
    return holds;
  }

  /** Lets others write to the directory. */
  @Override
  public void close() {
    lock.ifPresent(RunLock::close);
  }

  private void begin() {
    Path provenance = file(RunFiles.PROVENANCE);
    try {
      for (Path file : List.of(marker(Marker.FAILED), file(RunFiles.ERROR), provenance)) {
        before.remember(file);
      }
      Files.deleteIfExists(marker(Marker.FAILED));
      Files.deleteIfExists(file(RunFiles.ERROR));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to %s: %s".formatted(path, e.getMessage()), e);
    }
    // first: what makes the directory a run's
    if (!Files.exists(file(RunFiles.CONFIG))) {
      write(RunFiles.CONFIG, config.toMap());
    }
    Provenance now = Provenance.of(config, command, Clock.systemUTC());
    write(
        RunFiles.PROVENANCE,
        Files.exists(provenance) ? Json.read(provenance, Provenance.class).resumedBy(now) : now);
  }

  /** Adds to the provenance what is known only at the end. */
  private void end() {
    Path file = file(RunFiles.PROVENANCE);
    Optional<Provenance> begun = new RecordedRun(path).provenance();
    // damaged while the run went on: no reason to lose the run
    if (begun.isPresent()) {
      write(
          RunFiles.PROVENANCE,
          begun
              .get()
              .endedAt(
                  Clock.systemUTC(),
                  kernels(),
                  TrainedOn.read(file(RunFiles.DATA)).hash().orElse(null)));
    } else {
      LoggerFactory.getLogger(RunDirectory.class)
          .warn("{} cannot be read any more; the end of the run is not noted there", file);
    }
  }

  /** By the end of a training run they are loaded anyway; earlier, this would load them. */
  private List<String> kernels() {
    if (!trained || !config.has(Keys.KERNELS) || !config.has(Keys.VECTOR)) {
      return List.of();
    }
    List<String> names =
        Kernels.load(config.get(Keys.KERNELS), config.get(Keys.VECTOR)).stream()
            .map(Kernel::name)
            .toList();
    return names.isEmpty() ? List.of(ND4J) : names;
  }

  /** Something is recorded from now on that a refusal does not take back. */
  private void record() {
    recorded = true;
    experiment.ifPresent(RunDirectory::record);
  }

  private void refuseOtherData(DataIdentity data) {
    requireTrainedOn(path, data);
  }

  /**
   * Looks at what the run at a place was trained on so far; needs no lock.
   *
   * @param path a run's directory; one that is still to be made was trained on nothing
   * @param data what it is to be trained on
   * @throws InputException if it was begun on other data of the same settings
   */
  public static void requireTrainedOn(Path path, DataIdentity data) {
    SortedMap<String, DataIdentity.Part> recordedParts =
        TrainedOn.read(path.resolve(RunFiles.DATA)).sources().get(data.source());
    if (recordedParts == null) {
      return;
    }
    List<String> differences = data.differencesFrom(recordedParts);
    if (!differences.isEmpty()) {
      throw new InputException(
          "%s was begun on other data of %s (%s): put the data back as it was, or choose another directory"
              .formatted(
                  path.toAbsolutePath().normalize(),
                  data.source(),
                  String.join("; ", differences)));
    }
  }

  private void recordData(DataIdentity data) {
    SortedMap<String, SortedMap<String, DataIdentity.Part>> all =
        TrainedOn.read(file(RunFiles.DATA)).sources();
    if (all.put(data.source(), data.parts()) == null) {
      write(RunFiles.DATA, all);
    }
  }

  private void mark(Marker marker, String message) {
    String line = message.isEmpty() ? "" : message + "\n";
    AtomicFile.write(marker(marker), line.getBytes(StandardCharsets.UTF_8));
  }

  private Path marker(Marker marker) {
    return file(marker.name());
  }

  /** Whether the directory is still to be begun; throws if it belongs to something else. */
  private static boolean refuseOthers(Path directory, Config config) {
    Path stored = directory.resolve(RunFiles.CONFIG);
    if (Files.exists(stored)) {
      List<String> differences = config.differencesFrom(settings(stored));
      if (!differences.isEmpty()) {
        throw new InputException(
            "%s holds a run with other settings (%s): use these or choose another directory"
                .formatted(directory, String.join("; ", differences)));
      }
      return false;
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        Optional<Path> foreign = files.filter(file -> !isLeftOver(file)).findFirst();
        if (foreign.isPresent()) {
          throw new InputException(
              "%s is not a run directory and not empty (it holds %s): choose another directory"
                  .formatted(directory, foreign.get().getFileName()));
        }
      } catch (IOException e) {
        throw new InputException("cannot read the folder " + directory, e);
      }
    }
    return true;
  }

  private static Map<String, Object> settings(Path file) {
    try {
      return PlainJson.object(Files.readAllBytes(file))
          .orElseThrow(
              () -> new InputException("cannot read %s: it is no JSON object".formatted(file)));
    } catch (JsonProcessingException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
    }
  }

  /** What is not a run's but hidden, and what a run leaves that was killed at its very start. */
  private static boolean isLeftOver(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") || name.equals(RunFiles.CONFIG + ".partial");
  }

  private static List<Path> create(Path directory) {
    try {
      return Folders.create(directory);
    } catch (IOException e) {
      throw new InputException(
          "cannot create the folder %s (%s): choose another place"
              .formatted(directory, Reason.of(e)),
          e);
    }
  }

  private static void remove(List<Path> made) {
    try {
      Folders.remove(made);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove %s: %s".formatted(made, e.getMessage()), e);
    }
  }
}
