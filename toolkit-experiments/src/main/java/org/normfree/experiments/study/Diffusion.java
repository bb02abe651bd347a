package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DiffusionKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.problem.ImageDiffusion;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code diffusion}: Diffusion Transformers by several methods, each with and without
 * zero-initialization and after the same search for a learning rate: how far the features of their
 * images are from real ones, and how many show the class that was asked for. Source: arXiv
 * 2503.10622, table 3 and appendix A, at a size for a CPU.
 */
public final class Diffusion implements Experiment {
  private static final Key<List<String>> METHODS = Studies.methods("pre-ln", "dyt");

  private static final Key<List<String>> ZERO_INITS =
      Key.choices(
          "zero.inits",
          List.of("dit", "dyt"),
          () -> List.of("dit", "derf", "dyt"),
          "what begins at 0, by source; each method with each");

  /** Runs that search are so many times shorter. */
  private static final int SEARCH_PART = 3;

  /** By how much of the way from real images to noise methods may differ and be called equal. */
  private static final double MARGIN = 0.05;

  /** Half way from real images to noise. */
  private static final double HALF = 0.5;

  /** Share of the right classes that makes digits readable, in percent. */
  private static final double READABLE = 80;

  private static final Metric DISTANCE = Metric.loss("fd", "Fréchet distance of features", "");
  private static final Metric RIGHT =
      Metric.percent("right_class", "samples of the class asked for");
  private static final Metric SHARE =
      new Metric(
          "fd_share", "way from real images to noise", "", Better.LOWER, Scale.LINEAR, null, null);
  private static final Metric FLOOR =
      Metric.size("fd_floor", "Fréchet distance of two halves of the real images", "");
  private static final Metric NOISE = Metric.size("fd_noise", "Fréchet distance of noise", "");
  private static final Metric ERROR =
      Metric.loss("test_squared_error", "squared error of the guessed noise", "");
  private static final Metric JUDGE =
      Metric.percent("judge_accuracy", "test accuracy of the classifier that judges");

  private static final String ZERO_INIT = "zero.init";
  private static final String VALIDATION = "validation_squared_error";

  /** One run, {@code model-diffusion}. */
  static final SingleRun RUN =
      SingleRun.of(
          ImageDiffusion.KIND,
          "one training run of a Diffusion Transformer",
          DISTANCE,
          RIGHT,
          SHARE,
          FLOOR,
          NOISE,
          ERROR,
          JUDGE);

  @Override
  public String name() {
    return "diffusion";
  }

  @Override
  public String summary() {
    return "Diffusion Transformers by method, with and without zero-initialization (table 3)";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(ImageDiffusion.KIND)
        .without(Keys.LEARNING_RATE, DiffusionKeys.ZERO_INIT)
        .after(RateSearch.keysWithin(2e-3, 4e-3))
        .after(METHODS, ZERO_INITS)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "width=48",
                  "depth=2",
                  "steps=250",
                  "batch=64",
                  "ema=0.98",
                  "samples=300",
                  "sampling.steps=20",
                  "lr.grid=0.004",
                  "seeds=3");
          case STANDARD -> List.of("steps=10000", "seeds=5");
        });
  }

  @Override
  public Optional<String> smokeTest(Preset preset) {
    return preset == Preset.QUICK
        ? Optional.of("a few hundred steps draw nothing that can be read")
        : Optional.empty();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How good are the images of a diffusion with each method, and what does zero-initialization matter?",
            DISTANCE,
            RIGHT,
            SHARE,
            FLOOR,
            NOISE,
            ERROR,
            JUDGE)
        .against(new Baseline("pre-ln", Map.of(ZERO_INIT, "dit")))
        .over(
            Axis.variant(ZERO_INIT, "zero-initialization")
                .with(
                    Map.of(
                        "dit", "zero-initialized",
                        "derf", "blocks zero-initialized",
                        "dyt", "nothing zero-initialized")),
            Axis.chosen("lr", "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, DISTANCE.name(), "method"),
            FigureSpec.of(FigureSpec.IMAGES, "samples", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(claims(config));
  }

  /** Those whose runs are made. */
  private static List<Claim> claims(Config config) {
    Where ln = Where.of("pre-ln").with(ZERO_INIT, "dit");
    Where dyt = Where.of("dyt").with(ZERO_INIT, "dyt");
    Where zeroed = Where.of("dyt").with(ZERO_INIT, "dit");
    Map<Claim, List<Where>> claims = new LinkedHashMap<>();
    claims.put(
        Claim.within(
            "classes-right",
            "The samples of a DiT with LayerNorm show the class that was asked for",
            "expectation of this toolkit",
            RIGHT,
            ln,
            Interval.from(READABLE)),
        List.of(ln));
    claims.put(
        Claim.within(
            "nearer-to-real",
            "Their features are nearer to those of real images than to those of noise",
            "expectation of this toolkit",
            SHARE,
            ln,
            Interval.upTo(HALF)),
        List.of(ln));
    claims.put(
        Claim.same(
            "dyt-about-ln",
            "DyT without zero-initialization is about as good as LayerNorm with it",
            Studies.DYT + ", table 3, FID 63.9 and 64.9, 45.7 and 45.9, 20.8 and 19.9",
            SHARE,
            dyt,
            ln,
            MARGIN),
        List.of(dyt, ln));
    claims.put(
        Claim.noWorse(
            "dyt-without-zeros",
            "DyT without zero-initialization is at least as good as with it",
            Studies.DYT + ", appendix A, no number",
            SHARE,
            dyt,
            zeroed,
            MARGIN),
        List.of(dyt, zeroed));
    List<Where> made =
        config.get(METHODS).stream()
            .flatMap(
                method ->
                    config.get(ZERO_INITS).stream().map(z -> Where.of(method).with(ZERO_INIT, z)))
            .toList();
    return claims.keySet().stream().filter(claim -> made.containsAll(claims.get(claim))).toList();
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    ImageDiffusion.requireSamples(config); // runs of the search draw none
    RateSearch search =
        new RateSearch(name(), config, directory, ImageDiffusion.KIND)
            .by(VALIDATION)
            .searchingWith(run -> shorter(run).with(DiffusionKeys.SAMPLES, 0));
    for (String method : config.get(METHODS)) {
      for (String zeroInit : config.get(ZERO_INITS)) {
        search.add(
            method,
            Map.of(ZERO_INIT, zeroInit),
            run -> run.with(DiffusionKeys.ZERO_INIT, zeroInit));
      }
    }
    return search.run();
  }

  /** A rate is told from others after a part of the way. */
  private static Config shorter(Config run) {
    Key<Integer> length = run.get(Keys.STEPS) > 0 ? Keys.STEPS : Keys.EPOCHS;
    return run.with(length, Math.max(1, run.get(length) / SEARCH_PART));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new Diffusion(), args);
  }
}
