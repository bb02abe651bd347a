package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
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
  private static final DepthGrowth GROWTH =
      new DepthGrowth("loss_change", "increment_slope", FirstSteps.OPTIMIZERS);

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of(
              "post-ln", "pre-ln", "deepnorm", "deepnorm-adam", "deepnorm-lamb", "scaled-residual"),
          Methods::names,
          "the methods that are compared");

  private static final Key<List<Integer>> BRANCHES =
      Key.integers(
          "branches",
          List.of(12, 24, 48, 96, 192),
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
                new Trial(
                    name(), method, Map.of(DepthGrowth.ARCH, FirstSteps.STACK), seed, Trial.FINAL),
                config
                    .forExperiment("increment", TRIAL_KEYS)
                    .with(Keys.METHOD, method)
                    .with(Keys.SEED, seed),
                (c, d, progress) -> measure(c, progress)));
      }
    }
    List<TrialResult> results = new Sweep(directory, Keys.jobsOf(config)).run(name(), trials);
    SummaryBuilder table = new SummaryBuilder(name());
    GROWTH.addTo(table, results, config.get(BRANCHES));
    return Result.of(table.build(), results);
  }

  private static Outcome measure(Config config, Progress.Part progress) {
    Method method = Methods.create(config.get(Keys.METHOD), MethodOptions.DEFAULTS);
    return Outcome.done(
        GROWTH.values(
            config.get(BRANCHES),
            progress,
            depth -> {
              try (FirstSteps steps =
                  FirstSteps.ofStack(depth, method, config.get(Keys.SEED), true)) {
                return steps.changes(FirstSteps.Change::loss);
              }
            }));
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
