package org.normfree.experiments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.MetricLog;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;

/**
 * A sweep over seeds without a network: each run adds up a made-up sequence, step by step, with
 * metrics and checkpoints as a training loop has them.
 *
 * @param name its name
 */
public record Tiny(String name) implements Experiment {
  /** What the runs do instead of ending well. */
  public static final Key<String> MODE =
      Key.choice(
          "mode",
          "fine",
          () -> List.of("fine", "diverge", "fail", "crash", "input", "memory"),
          "how it ends");

  /** Step after which a process waits, to be killed; 0 = never. */
  public static final Key<Integer> PAUSE =
      Key.integer("pause", 0, Range.any().atLeast(0), "wait here").schedulingOnly();

  @Override
  public String summary() {
    return "adds up numbers";
  }

  @Override
  public List<Key<?>> keys() {
    return List.of(
        MODE,
        PAUSE,
        Keys.SEED,
        Keys.SEEDS.withDefault(3),
        Keys.STEPS.withDefault(50),
        Keys.CHECKPOINT_EVERY.withDefault(10),
        Keys.DATA_PATH,
        Keys.THREADS,
        Keys.JOBS);
  }

  @Override
  public Design design(Config config) {
    return Design.of("What is the sum?", Metric.number("sum", "sum", ""));
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(List.of("steps=" + (preset == Preset.QUICK ? 5 : 6)));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    switch (config.get(MODE)) {
      case "crash" -> throw new IllegalStateException("a bug\nin two lines");
      case "memory" -> throw new OutOfMemoryError("Java heap space");
      case "input" -> throw new InputException("the folder /no/such is missing: give another");
      default -> {}
    }
    List<SweepTrial> trials =
        Keys.seedsOf(config).stream()
            .map(
                seed ->
                    new SweepTrial(
                        "seed-" + seed,
                        new Trial(name, "dyt", Map.of(), seed, Trial.FINAL),
                        config.with(Keys.SEED, seed),
                        Tiny::sum))
            .toList();
    List<TrialResult> results = new Sweep(directory, Keys.jobsOf(config)).run(name, trials);
    return Runs.of(results);
  }

  private static Outcome sum(Config config, RunDirectory directory, Progress.Part progress) {
    long seed = config.get(Keys.SEED);
    if (seed == 2 && config.get(MODE).equals("fail")) {
      throw new IllegalStateException("seed 2 fails");
    }
    int steps = config.get(Keys.STEPS);
    Path checkpoint = directory.checkpoints().resolve("last");
    double sum = 0;
    int step = 0;
    if (Files.exists(checkpoint)) {
      String[] state = read(checkpoint).split(" ", 2);
      step = Integer.parseInt(state[0]);
      sum = Double.parseDouble(state[1]);
    }
    try (MetricLog metrics = step == 0 ? directory.metrics() : directory.metricsUpTo(step)) {
      while (step < steps) {
        step++;
        sum += Math.sin((double) seed * step);
        metrics.add(new MetricLine(MetricLine.METRIC, step, 0, "train", Map.of("sum", sum)));
        if (seed == 2 && config.get(MODE).equals("diverge") && step == 3) {
          return Outcome.diverged(step, Map.of("sum", sum));
        }
        if (step % config.get(Keys.CHECKPOINT_EVERY) == 0) {
          AtomicFile.write(checkpoint, (step + " " + sum).getBytes(StandardCharsets.UTF_8));
        }
        if (step == config.get(PAUSE)) {
          waitForever();
        }
        progress.report(step, steps);
      }
    }
    return Outcome.done(Map.of("sum", sum));
  }

  private static void waitForever() {
    System.out.println("waiting");
    System.out.flush();
    try {
      int ignored = System.in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What every experiment's main looks like. */
  public static void main(String[] args) {
    Toolkit.main(new Tiny("tiny"), args);
  }
}
