package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.record.Axis;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.problem.LanguageModeling;
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.training.Problem;
import org.normfree.experiments.training.TrainingRun;

/**
 * {@code bf16-training}: whether products whose operands are rounded to bfloat16 (8 bits of
 * significand instead of 24, sums in single precision) train networks to the same end as single
 * precision: a Vision Transformer, a language model and a translator, paired by seed. No paper's
 * table: a test of this toolkit's {@code precision=bf16}.
 */
public final class Bfloat16Training implements Experiment {
  private static final String PROBLEM = "problem";
  private static final String IMAGES = "images";
  private static final String TEXT = "text";
  private static final String TRANSLATION = "translation";
  private static final String BF16 = "bf16";

  /** By how much accuracies may differ and still be called equal, in points. */
  private static final double POINTS = 2;

  /** By how much losses may differ and still be called equal, in nats. */
  private static final double NATS = 0.05;

  private static final Key<List<String>> METHODS = Studies.methods("pre-ln", "dyt");

  private static final Key<List<String>> PROBLEMS =
      Key.choices(
          "problems",
          List.of(IMAGES, TEXT, TRANSLATION),
          () -> List.of(IMAGES, TEXT, TRANSLATION),
          "what is learned: classes of images, the next token of a text, translation");

  @Override
  public String name() {
    return "bf16-training";
  }

  @Override
  public String summary() {
    return "trainings with products in bfloat16 beside single precision";
  }

  @Override
  public List<Key<?>> keys() {
    return List.of(
        METHODS,
        PROBLEMS,
        Keys.WIDTH.withDefault(64),
        Keys.DEPTH.withDefault(3),
        Keys.HEADS.withDefault(4),
        Keys.EPOCHS.withDefault(20),
        Keys.WARMUP.withDefault(2.0),
        TextKeys.CHARACTERS.withDefault(60_000),
        TextKeys.COUNT.withDefault(1500),
        Keys.SEED,
        Keys.SEEDS.withDefault(5),
        Keys.JOBS,
        Keys.THREADS);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Do trainings with products in bfloat16 end as in single precision?",
            TEST_ACCURACY,
            TEST_LOSS)
        .over(
            Axis.condition(PROBLEM, "learned"),
            Axis.variant(Keys.PRECISION.name(), "products in").with(Map.of(BF16, "bfloat16")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_ACCURACY.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    for (String problem : config.get(PROBLEMS)) {
      boolean text = problem.equals(TEXT);
      Metric metric = text ? TEST_LOSS : TEST_ACCURACY;
      for (String method : config.get(METHODS)) {
        Where single = Where.of(method).with(PROBLEM, problem);
        claims.add(
            Claim.same(
                "%s-%s-same-in-bf16".formatted(problem, method),
                "In bfloat16 %s with %s ends as in single precision".formatted(problem, method),
                "this toolkit: rounding is small beside the noise of seeds",
                metric,
                single.with(Keys.PRECISION.name(), BF16),
                single,
                text ? NATS : POINTS));
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String problem : config.get(PROBLEMS)) {
      for (String method : config.get(METHODS)) {
        for (String precision : List.of("float32", BF16)) {
          for (long seed : Keys.seedsOf(config)) {
            trials.add(trial(config, problem, method, precision, seed));
          }
        }
      }
    }
    return Runs.of(new Sweep(directory, Keys.jobsOf(config)).run(name(), trials));
  }

  private SweepTrial trial(
      Config config, String problem, String method, String precision, long seed) {
    Map<String, String> setting = new TreeMap<>(Map.of(PROBLEM, problem));
    if (precision.equals(BF16)) {
      setting.put(Keys.PRECISION.name(), precision);
    }
    Problem.Kind kind = kind(problem);
    return new SweepTrial(
        Study.id(method, setting) + "-seed" + seed,
        new Trial(name(), method, setting, seed, Trial.FINAL),
        config
            .forExperiment(kind.defaults())
            .with(Keys.METHOD, method)
            .with(Keys.PRECISION, precision)
            .with(Keys.SEED, seed),
        TrainingRun.body(kind));
  }

  private static Problem.Kind kind(String problem) {
    return switch (problem) {
      case TEXT -> LanguageModeling.KIND;
      case TRANSLATION -> Translating.KIND;
      default -> ImageClassification.KIND;
    };
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new Bfloat16Training(), args);
  }
}
