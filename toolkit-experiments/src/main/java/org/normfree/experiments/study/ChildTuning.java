package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
import org.normfree.experiments.problem.FineTuning;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code child-tuning}: what masking gradients does to fine-tuning: ChildTuning's random masks (F)
 * and fixed ones (D) and masks of the updates, beside no mask, and beside no mask at √p times the
 * rate, which is what a random mask amounts to under Adam but for the noise. Sources: arXiv
 * 2109.05687; kexue.fm/archives/8764.
 */
public final class ChildTuning implements Experiment {
  /** Axis of p. */
  static final String KEPT_AXIS = "kept";

  private static final String MASK = "mask";
  private static final String OPTIMIZER = "optimizer";
  private static final String PLAIN = "none";
  private static final String RANDOM = "gradients";
  private static final String FIXED = "fisher";
  private static final String UPDATES = "updates";
  private static final String SLOWER = "rate";
  private static final String STATIONARY = "stationary";
  private static final String ADAM = "adamw";
  private static final String SGD = "sgd";
  private static final String SOURCE = "kexue.fm/archives/8764";

  /** By how much the steps may deviate from the formulas, in percent. */
  private static final double MARGIN = 2;

  private static final Metric DISTANCE =
      Metric.size("distance", "distance moved by the parameters", "");
  private static final Metric LABELLED =
      Metric.loss("labelled_loss", "loss on the labelled images", "nats");
  private static final Metric BEFORE =
      Metric.percent("test_accuracy_before", "test accuracy before fine-tuning");
  private static final Metric MEAN_ERROR =
      Metrics.error("mean_step_error", "largest deviation of the mean step from √p", "%");
  private static final Metric RMS_ERROR =
      Metrics.error("rms_step_error", "largest deviation of the RMS step from its formula", "%");
  private static final Metric MEAN_RATIO =
      Metric.size("mean_step_ratio", "mean step over that without a mask", "");
  private static final Metric RMS_RATIO =
      Metric.size("rms_step_ratio", "RMS step over that without a mask", "");

  private static final Key<List<String>> OPTIMIZERS =
      Key.choices("optimizers", List.of(ADAM, SGD), () -> List.of(ADAM, SGD), "the optimizers");

  private static final Key<List<String>> MASKS =
      Key.choices(
          "masks",
          List.of(RANDOM, FIXED, UPDATES, SLOWER),
          () -> List.of(RANDOM, FIXED, UPDATES, SLOWER),
          "what is compared with plain steps: masks of ChildTuning-F and -D and of updates; rate is no mask at √p times the rate");

  private static final Key<List<Double>> KEPT =
      Key.decimals(
          KEPT_AXIS,
          List.of(0.5, 0.3, 0.1),
          Range.any().above(0).below(1),
          "shares p of the elements that a mask keeps");

  private static final Key<Double> ADAM_RATE =
      Key.decimal("lr.adamw", 1e-3, Range.any().above(0), "learning rate of AdamW");

  private static final Key<Double> SGD_RATE =
      Key.decimal("lr.sgd", 0.05, Range.any().above(0), "learning rate of SGD");

  private static final Key<Integer> STEPS =
      Key.integer(
          "stationary.steps",
          4000,
          Range.any().atLeast(4),
          "steps on gradients of one distribution; the first quarter is not counted");

  /** One fine-tuning, {@code fine-tune}. */
  static final SingleRun RUN =
      SingleRun.of(
          FineTuning.KIND,
          "fine-tuning on few labels after training on mirror images",
          TEST_ACCURACY,
          TEST_LOSS,
          DISTANCE,
          LABELLED,
          BEFORE);

  /** The steps on gradients of one distribution. */
  static final SingleRun STATIONARY_RUN =
      new SingleRun(
          "stationary-steps",
          "Adam's steps under masks of gradients of one distribution",
          List.of(Keys.METHOD, KEPT, STEPS, Keys.SEED),
          (config, directory, progress) ->
              Outcome.done(
                  new StationarySteps(config.get(STEPS), config.get(Keys.SEED))
                      .ratios(config.get(KEPT))),
          MEAN_ERROR,
          RMS_ERROR,
          MEAN_RATIO,
          RMS_RATIO);

  @Override
  public String name() {
    return "child-tuning";
  }

  @Override
  public String summary() {
    return "what do masked gradients do to fine-tuning, beside a smaller learning rate?";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(FineTuning.KIND)
        .without(Keys.LEARNING_RATE, Keys.OPTIMIZER, Keys.STEP_MASK, Keys.STEP_KEPT)
        .withDefault(Keys.DIMS, List.of(64, 64))
        .withDefault(Keys.MOMENTUM, 0.0)
        .withDefault(Keys.SEEDS, 8)
        .after(
            Keys.METHOD.withDefault("identity-no-alpha"),
            MASKS,
            KEPT,
            OPTIMIZERS,
            ADAM_RATE,
            SGD_RATE,
            STEPS)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("kept=0.3", "stationary.steps=2000", "seeds=3");
          case STANDARD -> List.of();
        });
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN, STATIONARY_RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Is masking gradients more than a smaller learning rate, and does it help fine-tuning?",
            TEST_ACCURACY,
            TEST_LOSS,
            DISTANCE,
            LABELLED,
            BEFORE,
            MEAN_ERROR,
            RMS_ERROR,
            MEAN_RATIO,
            RMS_RATIO)
        .against(new Baseline(config.get(Keys.METHOD), Map.of(MASK, PLAIN)))
        .over(
            Axis.variant(MASK, "what is masked").with(words()),
            Axis.variant(KEPT_AXIS, "p"),
            Axis.condition(OPTIMIZER, "optimizer").with(Map.of(ADAM, "AdamW", SGD, "SGD")),
            new Axis(
                StationarySteps.SIGNAL,
                "share of the mean in the mean square",
                Axis.Role.CONDITION,
                Axis.Kind.LINEAR,
                Map.of()))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_ACCURACY.name(), "method", OPTIMIZER),
            FigureSpec.of(FigureSpec.INTERVALS, DISTANCE.name(), "method", OPTIMIZER),
            FigureSpec.of(FigureSpec.LINES, RMS_RATIO.name(), StationarySteps.SIGNAL),
            FigureSpec.of(FigureSpec.LINES, MEAN_RATIO.name(), StationarySteps.SIGNAL))
        .claiming(claims(config));
  }

  private static Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put(PLAIN, "no mask");
    words.put(RANDOM, "ChildTuning-F");
    words.put(FIXED, "ChildTuning-D");
    words.put(UPDATES, "masked updates");
    words.put(SLOWER, "no mask at √p times the rate");
    words.put(STATIONARY, "gradients of one distribution");
    return words;
  }

  private static List<Claim> claims(Config config) {
    Where all = Where.of(config.get(Keys.METHOD));
    List<Claim> claims = new ArrayList<>();
    for (double kept : config.get(KEPT)) {
      Where stationary = all.with(MASK, STATIONARY).with(KEPT_AXIS, kept);
      claims.add(
          Claim.within(
              "mean-step-is-root-p-at-" + kept,
              "With p = %s Adam's mean step on gradients of one distribution is √p of that without a mask"
                  .formatted(kept),
              SOURCE,
              MEAN_ERROR,
              stationary,
              Interval.upTo(MARGIN)));
      claims.add(
          Claim.within(
              "rms-step-as-the-formula-at-" + kept,
              "With p = %s the RMS of Adam's steps keeps the noise, as the formula says"
                  .formatted(kept),
              "this toolkit's formula",
              RMS_ERROR,
              stationary,
              Interval.upTo(MARGIN)));
    }
    for (double kept : config.get(KEPT)) {
      if (config.get(OPTIMIZERS).contains(ADAM) && config.get(MASKS).contains(RANDOM)) {
        Where adam = all.with(OPTIMIZER, ADAM);
        Where masked = adam.with(MASK, RANDOM).with(KEPT_AXIS, kept);
        claims.add(
            Claim.larger(
                "f-moves-less-than-plain-at-" + kept,
                "Under Adam no mask moves the parameters further than ChildTuning-F with p = %s"
                    .formatted(kept),
                SOURCE,
                DISTANCE,
                adam.with(MASK, PLAIN),
                masked));
        if (config.get(MASKS).contains(SLOWER)) {
          claims.add(
              Claim.larger(
                  "f-moves-more-than-slower-at-" + kept,
                  "Under Adam ChildTuning-F with p = %s moves them further than no mask at √p times the rate"
                      .formatted(kept),
                  "this toolkit's formula, in direction",
                  DISTANCE,
                  masked,
                  adam.with(MASK, SLOWER).with(KEPT_AXIS, kept)));
        }
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, FineTuning.KIND);
    for (String optimizer : config.get(OPTIMIZERS)) {
      double rate = config.get(optimizer.equals(ADAM) ? ADAM_RATE : SGD_RATE);
      UnaryOperator<Config> own =
          run -> run.with(Keys.OPTIMIZER, optimizer).with(Keys.LEARNING_RATE, rate);
      study.add(config.get(Keys.METHOD), Map.of(OPTIMIZER, optimizer, MASK, PLAIN), own);
      for (String mask : config.get(MASKS)) {
        for (double kept : config.get(KEPT)) {
          study.add(
              config.get(Keys.METHOD),
              Map.of(OPTIMIZER, optimizer, MASK, mask, KEPT_AXIS, String.valueOf(kept)),
              run ->
                  mask.equals(SLOWER)
                      ? own.apply(run).with(Keys.LEARNING_RATE, rate * Math.sqrt(kept))
                      : own.apply(run).with(FineTuning.STEP_MASK, mask).with(Keys.STEP_KEPT, kept));
        }
      }
    }
    for (long seed : Keys.seedsOf(config)) {
      Trial trial =
          new Trial(name(), config.get(Keys.METHOD), Map.of(MASK, STATIONARY), seed, Trial.FINAL);
      study.add(STATIONARY_RUN.trial(STATIONARY + "-seed" + seed, trial, config));
    }
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new ChildTuning(), args);
  }
}
