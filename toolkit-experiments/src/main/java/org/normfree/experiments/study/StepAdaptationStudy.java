package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;
import static org.normfree.experiments.study.Metrics.TRAINED_SHARE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
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
import org.normfree.experiments.run.RunDirectory;

/**
 * {@code step-adaptation}: whether steps that adapt by exponentiated gradients forgive a wrong
 * learning rate: a small network by SGD at base rates over many decades, with a fixed step, with a
 * scale for all, a gain for each coordinate, both, or a hypergradient. Sources: arXiv 2202.00145;
 * kexue.fm/archives/8968.
 */
public final class StepAdaptationStudy implements Experiment {
  private static final String ADAPTATION = "adaptation";
  private static final String RATE = "lr";
  private static final String FIXED = "none";
  private static final String BOTH = "both";

  /** Nothing stands where a norm would. */
  private static final String METHOD = "identity-no-alpha";

  /**
   * Accuracy from which a run counts as trained: two points below the best that this network has.
   */
  private static final double TRAINED = 95;

  private static final Key<List<String>> ADAPTATIONS =
      Key.choices(
          "adaptations",
          List.of(FIXED, "scale", "gain", BOTH, "hypergradient"),
          () -> List.of(FIXED, "scale", "gain", BOTH, "hypergradient"),
          "what of the steps adapts in the runs that are compared");

  private static final Key<List<Double>> RATES =
      Key.decimals(
          "rates",
          List.of(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0),
          Range.any().above(0),
          "base learning rates");

  @Override
  public String name() {
    return "step-adaptation";
  }

  @Override
  public String summary() {
    return "do steps that adapt by exponentiated gradients forgive a wrong learning rate?";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys()
        .without(Keys.LEARNING_RATE, Keys.STEP_ADAPTATION, Keys.DEPTHS, Keys.DROP_PATH, Keys.AFFINE)
        .without(Keys.tokens().toArray(Key<?>[]::new))
        .without(Keys.STEM, Keys.DOWNSAMPLE, Keys.KERNEL, Keys.BLOCK_SCALE, Keys.INIT)
        .without(Keys.HEAD_GRID, Keys.HEAD_DIMS, Keys.HEAD_DROPOUT)
        .withDefault(Keys.MODEL, "mlp")
        .withDefault(Keys.OPTIMIZER, "sgd")
        .withDefault(Keys.WEIGHT_DECAY, 0.0)
        .withDefault(Keys.EPOCHS, 20)
        .withDefault(Keys.WARMUP, 0.0)
        .withDefault(Keys.MIN_LEARNING_RATE, 0.0)
        .withDefault(Keys.EVAL_EVERY, 10)
        .after(ADAPTATIONS, RATES)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of("adaptations=none,both", "rates=1e-5,1e-4,1e-3,1e-2,0.1", "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Over how many learning rates does a network train when its steps adapt?",
            TEST_ACCURACY,
            TRAINED_SHARE,
            TEST_LOSS)
        .against(new Baseline(METHOD, Map.of(ADAPTATION, FIXED)))
        .over(
            Axis.variant(ADAPTATION, "what adapts")
                .with(
                    Map.of(
                        FIXED,
                        "fixed",
                        "hypergradient",
                        "hypergradient",
                        "scale",
                        "scale",
                        "gain",
                        "gains",
                        BOTH,
                        "scale and gains")),
            new Axis(RATE, "base learning rate", Axis.Role.CONDITION, Axis.Kind.LOG, Map.of()))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, TEST_ACCURACY.name(), RATE),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", RATE))
        .trainedFrom(TEST_ACCURACY.name(), TRAINED)
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    if (!config.get(ADAPTATIONS).containsAll(List.of(FIXED, BOTH))) {
      return claims;
    }
    List<Double> rates = config.get(RATES);
    claims.add(
        Claim.trainsMore(
            "adapting-trains-at-more-rates",
            "With scale and gains that adapt a network trains at more of the base rates than with fixed steps",
            "kexue.fm/archives/8968, in direction",
            Where.of(METHOD).with(ADAPTATION, BOTH),
            Where.of(METHOD).with(ADAPTATION, FIXED)));
    for (double rate : List.of(1e-5, 1e-4)) {
      if (rates.contains(rate)) {
        claims.add(
            Claim.better(
                "adapting-helps-at-" + rate,
                "At a base rate of %s, far too low, adapting steps end with a better accuracy"
                    .formatted(rate),
                "kexue.fm/archives/8968, in direction",
                TEST_ACCURACY,
                where(BOTH, rate),
                where(FIXED, rate)));
      }
    }
    double highest = Collections.max(rates);
    if (highest >= 1) {
      claims.add(
          Claim.same(
              "adapting-does-not-undo-a-first-step",
              "At a base rate of %s, whose first step saturates the network, adapting helps nothing"
                  .formatted(highest),
              "this toolkit's question",
              TEST_ACCURACY,
              where(BOTH, highest),
              where(FIXED, highest),
              10));
    }
    return claims;
  }

  private static Where where(String adaptation, double rate) {
    return Where.of(METHOD).with(ADAPTATION, adaptation).with(RATE, rate);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory);
    for (String adaptation : config.get(ADAPTATIONS)) {
      for (double rate : config.get(RATES)) {
        study.add(
            METHOD,
            Map.of(ADAPTATION, adaptation, RATE, String.valueOf(rate)),
            run ->
                run.with(Keys.STEP_ADAPTATION, adaptation)
                    .with(Keys.LEARNING_RATE, rate)
                    .with(Keys.AFFINE, false));
      }
    }
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new StepAdaptationStudy(), args);
  }
}
