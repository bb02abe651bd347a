package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;

/**
 * {@code increment-explosion}: how the loss change of a single step grows with depth for SGD, Adam
 * and LAMB, in a stack of feed-forward branches: with DeepNorm's constants for each of the three
 * optimizers, and with residuals scaled by 1/√N. Source: Su Jianlin, kexue.fm 8978 and 8994.
 */
public final class IncrementExplosion implements Experiment {
  private static final Metric SLOPE =
      Metric.number("increment_slope", "slope of log loss change over log depth", "");
  private static final DepthGrowth GROWTH =
      new DepthGrowth(
          Metric.size("loss_change", "loss change of a step over its rate", ""),
          SLOPE,
          FirstSteps.OPTIMIZERS);

  private static final Key<List<String>> METHODS =
      Studies.methods(
          "post-ln", "pre-ln", "deepnorm", "deepnorm-adam", "deepnorm-lamb", "scaled-residual");

  private static final Key<List<Integer>> BRANCHES =
      Key.integers(
          "branches",
          List.of(12, 24, 48, 96, 192),
          Range.any().atLeast(2),
          "depths: numbers of branches, even");

  /** One run: all depths of a method and seed. */
  static final SingleRun RUN =
      new SingleRun(
          "increment",
          "loss change of the first step of one method at several depths",
          List.of(Keys.METHOD, BRANCHES, Keys.SEED),
          (config, directory, progress) -> measure(config, progress));

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
    return List.of(
        METHODS, BRANCHES, Keys.SEED, Keys.SEEDS.withDefault(5), Keys.THREADS, Keys.JOBS);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How does the loss change of the first step grow with depth, and which constants keep it flat?",
            SLOPE,
            GROWTH.size())
        .against(Baseline.of("post-ln"))
        .over(DepthGrowth.OPTIMIZERS, Axis.depth(DepthGrowth.DEPTH, "branches"))
        .drawn(
            FigureSpec.of(
                FigureSpec.LINES, GROWTH.size().name(), DepthGrowth.DEPTH, DepthGrowth.OPTIMIZER))
        .claiming(claims(config.get(METHODS)));
  }

  private static List<Claim> claims(List<String> methods) {
    String source = "Su Jianlin, kexue.fm 8978 and 8994";
    List<Claim> claims = new ArrayList<>();
    Map<String, String> flat =
        Map.of("deepnorm", "sgd", "deepnorm-adam", "adam", "deepnorm-lamb", "lamb");
    for (String method : methods) {
      if (flat.containsKey(method)) {
        String optimizer = flat.get(method);
        claims.add(
            Claim.within(
                method + "-flat",
                "With the constants for %s the increment does not grow with depth"
                    .formatted(
                        optimizer.equals("sgd")
                            ? "SGD"
                            : optimizer.equals("adam") ? "Adam" : "LAMB"),
                source,
                SLOPE,
                Where.of(method).with(DepthGrowth.OPTIMIZER, optimizer),
                DepthGrowth.FLAT));
      }
    }
    if (methods.contains("post-ln")) {
      claims.add(
          Claim.within(
              "post-ln-grows",
              "Without such constants the increment of SGD grows with depth",
              source,
              SLOPE,
              Where.of("post-ln").with(DepthGrowth.OPTIMIZER, "sgd"),
              DepthGrowth.GROWS));
    }
    return claims;
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String method : config.get(METHODS)) {
      for (long seed : Keys.seedsOf(config)) {
        trials.add(
            RUN.trial(
                method + "-seed" + seed,
                new Trial(name(), method, Map.of(), seed, Trial.FINAL),
                config));
      }
    }
    return Runs.of(new Sweep(directory, Keys.jobsOf(config)).run(name(), trials));
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

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new IncrementExplosion(), args);
  }
}
