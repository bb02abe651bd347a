package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Statistics;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code increment-explosion}: how the loss change of a single step grows with depth for SGD, Adam
 * and LAMB, in a stack of feed-forward branches: with DeepNorm's constants for each of the three
 * optimizers, and with residuals scaled by 1/√N. Source: Su Jianlin, kexue.fm 8978 and 8994.
 */
public final class IncrementExplosion implements Experiment {
  private static final String CHANGE = "loss_change";
  private static final String SLOPE = "increment_slope";

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of(
              "post-ln", "pre-ln", "deepnorm", "deepnorm-adam", "deepnorm-lamb", "scaled-residual"),
          Methods::names,
          "the methods that are compared");

  private static final Key<List<Double>> BRANCHES =
      Key.decimals(
          "branches",
          List.of(12.0, 24.0, 48.0, 96.0, 192.0),
          Range.any().atLeast(2),
          "depths: numbers of branches, even");

  private static final List<Key<?>> TRIAL_KEYS =
      Config.schema(List.of(Keys.METHOD, BRANCHES, Keys.SEED));

  @Override
  public String name() {
    return "increment-explosion";
  }

  @Override
  public String summary() {
    return "loss change of the first step against depth, for SGD, Adam and LAMB";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("branches=12,24,48", "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(
        List.of(METHODS, BRANCHES),
        List.of(Keys.SEED, Keys.SEEDS.withDefault(5), Keys.THREADS, Keys.JOBS));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String method : config.get(METHODS)) {
      for (long seed : Keys.seedsOf(config)) {
        trials.add(
            new SweepTrial(
                method + "-seed" + seed,
                new Trial(name(), method, Map.of(), seed, Trial.FINAL),
                config
                    .forExperiment("increment", TRIAL_KEYS)
                    .with(Keys.METHOD, method)
                    .with(Keys.SEED, seed),
                (c, d, progress) -> measure(c, progress)));
      }
    }
    List<TrialResult> results = new Sweep(directory, Keys.jobsOf(config)).run(name(), trials);
    SummaryBuilder table = new SummaryBuilder(name());
    rows(config, results, SLOPE).forEach(table::row);
    for (double depth : config.get(BRANCHES)) {
      rows(config, results, CHANGE + ":" + (int) depth).forEach(table::row);
    }
    return Result.of(table.build(), results);
  }

  private static Outcome measure(Config config, Progress.Part progress) {
    Method method = Methods.create(config.get(Keys.METHOD), MethodOptions.DEFAULTS);
    List<Double> depths = config.get(BRANCHES);
    Map<String, List<Double>> changes = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    double total = depths.stream().mapToDouble(depth -> depth).sum();
    double done = 0;
    for (double depth : depths) {
      FirstUpdate.ofStack((int) depth, method, config.get(Keys.SEED), true)
          .forEach(
              (optimizer, change) -> {
                changes.computeIfAbsent(optimizer, key -> new ArrayList<>()).add(change.loss());
                values.put(CHANGE + ":" + (int) depth + "/" + optimizer, change.loss());
              });
      done += depth;
      progress.report(Math.round(done), Math.round(total));
    }
    changes.forEach(
        (optimizer, of) -> values.put(SLOPE + "/" + optimizer, ModelUpdate.slope(depths, of)));
    return Outcome.done(values);
  }

  /** A row for every method and optimizer. */
  private static List<SummaryRow> rows(Config config, List<TrialResult> results, String metric) {
    List<SummaryRow> rows = new ArrayList<>();
    for (String optimizer : FirstUpdate.OPTIMIZERS) {
      for (String method : config.get(METHODS)) {
        List<TrialResult> runs =
            results.stream().filter(run -> run.trial().method().equals(method)).toList();
        List<Double> values =
            runs.stream()
                .filter(TrialResult::done)
                .map(run -> run.outcome().values().get(metric + "/" + optimizer))
                .filter(Objects::nonNull)
                .filter(Double::isFinite)
                .toList();
        rows.add(
            new SummaryRow(
                method,
                Map.of("arch", "ffn-stack", "optimizer", optimizer),
                metric,
                values.isEmpty() ? null : Statistics.mean(values),
                Statistics.meanInterval(values)
                    .map(ci -> List.of(ci.low(), ci.high()))
                    .orElse(null),
                values.size(),
                runs.stream().map(run -> run.trial().seed()).toList(),
                runs.size() - values.size(),
                null,
                null));
      }
    }
    return rows;
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new IncrementExplosion(), args);
  }
}
