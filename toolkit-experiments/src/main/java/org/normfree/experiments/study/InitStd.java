package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;
import static org.normfree.experiments.study.Metrics.TRAINED_SHARE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.normfree.core.nn.Truncation;
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
import org.normfree.experiments.run.Quantity;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.Progress;

/**
 * {@code init-std}: why BERT's weights start with 0.02: what the deviation s of initial weights,
 * told as s√d, makes of an encoder at its start, and whether it then trains, with and without
 * warm-up, by placement of the norms. Source: kexue.fm/archives/8747.
 */
public final class InitStd implements Experiment {
  private static final String SCALE = "scale";
  private static final String DEPTH = "depth";
  private static final String WARMUP = "warmup";
  private static final String KIND = "weight";
  private static final String SOURCE = "kexue.fm/archives/8747";

  /** Accuracy from which a run counts as trained. */
  private static final double TRAINED = 50;

  /** By how much products and cosines of shares may differ. */
  private static final double SHARE_MARGIN = 0.03;

  /** By how much branches may deviate from the formula, in percent. */
  private static final double BRANCH_MARGIN = 5;

  /** By how much weights may deviate from what the truncation leaves, in percent. */
  private static final double WEIGHT_MARGIN = 1;

  private static final Metric LAST_GAIN = Metric.size("last_gain", "gain of the last norm", "");
  private static final Metric STD_FFN =
      Metric.size("std_ffn", "deviation of feed-forward branches at the start", "");
  private static final Metric STD_ATTENTION =
      Metric.size("std_attention", "deviation of attention branches at the start", "");
  private static final Metric PRODUCT =
      Metric.size("share_product", "product of the shares that branches leave", "");
  private static final Metric COSINE =
      Metric.number("share_cosine", "cosine of the last stream and the first", "");
  private static final Metric RATIO =
      Metric.size("gradient_ratio", "gradient of the first layer over the last", "");
  private static final Metric NORM =
      Metric.size("gradient_norm", "gradient of a kind of weight", "");
  private static final Metric CHANGE =
      Metric.size("output_change", "output change of Adam's first step over its rate", "");
  private static final Metric STD_ERROR =
      Metrics.error(
          "std_ffn_error", "largest deviation of feed-forward branches from the formula", "%");
  private static final Metric GAP =
      Metrics.error("share_gap", "largest distance of product and cosine", "");
  private static final Metric WEIGHT_ERROR =
      Metrics.error(
          "weight_std_error", "largest deviation of weights from the truncated normal", "%");

  /** What is told as its largest over all scales and depths. */
  private static final List<String> LARGEST =
      List.of(STD_ERROR.name(), GAP.name(), WEIGHT_ERROR.name());

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          EncoderStart.METHODS,
          () -> EncoderStart.METHODS,
          "the methods that are compared; of these it is known what their branches leave of the stream");

  private static final Key<List<Double>> SCALES =
      Key.decimals(
          "scales",
          List.of(0.1, 0.2, 0.55, 1.0, 1.5),
          Range.any().above(0),
          "s√d: the initial weights' deviation, before anything is cut off, times the root of the width");

  private static final Key<List<Double>> WARMUPS =
      Key.decimals(
          "warmups",
          List.of(0.0, 0.1),
          Range.any().atLeast(0).below(1),
          "shares of the training with rising rate");

  private static final Key<Integer> DEEP =
      Key.integer(
          "deep",
          24,
          Range.any().atLeast(0),
          "layers of the Post-LN encoders that train without warm-up besides; 0 = none");

  /** The start of one method's encoders. */
  static final SingleRun START =
      new SingleRun(
          "encoder-start",
          "branches, shares, gradients and first update of encoders at their start",
          List.of(
              Keys.METHOD.withDefault(EncoderStart.POST_LN),
              SCALES,
              Keys.DEPTH.withDefault(12),
              DEEP,
              cut(),
              Keys.SEED),
          (config, directory, progress) -> start(config, progress),
          STD_FFN,
          STD_ATTENTION,
          PRODUCT,
          COSINE,
          RATIO,
          CHANGE,
          STD_ERROR,
          GAP,
          WEIGHT_ERROR);

  @Override
  public String name() {
    return "init-std";
  }

  @Override
  public String summary() {
    return "why 0.02? what the size of initial weights does to encoders, at the start and trained";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys()
        .without(Keys.INIT_STD, Keys.INIT_CUT, Keys.MODEL)
        .without(Keys.stages().toArray(Key<?>[]::new))
        .without(Keys.WARMUP)
        .with(cut())
        .withDefault(Keys.WIDTH, 64)
        .withDefault(Keys.HEADS, 4)
        .withDefault(Keys.DEPTH, 12)
        .withDefault(Keys.PATCH, 4)
        .withDefault(Keys.EPOCHS, 8)
        .withDefault(Keys.LEARNING_RATE, 2e-3)
        .withDefault(Keys.EVAL_EVERY, 8)
        .after(METHODS, SCALES, WARMUPS, DEEP)
        .keys();
  }

  private static Key<String> cut() {
    return Keys.INIT_CUT.withDefault("deviations");
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=post-ln,pre-ln",
                  "scales=0.2,1",
                  "warmups=0",
                  "depth=6",
                  "deep=12",
                  "epochs=3",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Experiment> parts() {
    return List.of(START);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How large must initial weights be for an encoder to train, and why?",
            TEST_ACCURACY,
            TRAINED_SHARE,
            TEST_LOSS,
            LAST_GAIN,
            STD_FFN,
            STD_ATTENTION,
            PRODUCT,
            COSINE,
            RATIO,
            NORM,
            CHANGE,
            STD_ERROR,
            GAP,
            WEIGHT_ERROR)
        .against(Baseline.of(config.get(METHODS).get(0)))
        .over(
            new Axis(SCALE, "s√d", Axis.Role.CONDITION, Axis.Kind.LOG, Map.of()),
            Axis.condition(DEPTH, "layers"),
            Axis.condition(WARMUP, "warm-up").with(Map.of("0.0", "no warm-up")),
            Axis.condition(KIND, "weight"))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, TEST_ACCURACY.name(), SCALE, DEPTH, WARMUP),
            FigureSpec.of(FigureSpec.LINES, PRODUCT.name(), SCALE, DEPTH),
            FigureSpec.of(FigureSpec.LINES, STD_FFN.name(), SCALE, DEPTH),
            FigureSpec.of(FigureSpec.LINES, CHANGE.name(), SCALE, DEPTH))
        .trainedFrom(TEST_ACCURACY.name(), TRAINED)
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    for (String method : config.get(METHODS)) {
      claims.add(
          Claim.within(
              method + "-branches-as-the-formula",
              "With %s feed-forward branches start as large as 2s√d·rms gelu(N(0, s²d)) says"
                  .formatted(method),
              SOURCE + ", in substance",
              STD_ERROR,
              Where.of(method),
              Interval.upTo(BRANCH_MARGIN)));
      claims.add(
          Claim.within(
              method + "-product-is-cosine",
              "With %s the product of the shares that branches leave is the cosine of the last stream and the first"
                  .formatted(method),
              SOURCE + ", in substance",
              GAP,
              Where.of(method),
              Interval.upTo(SHARE_MARGIN)));
    }
    String first = config.get(METHODS).get(0);
    claims.add(
        Claim.within(
            "weights-as-truncated",
            "Weights cut off as init.cut says have the deviation that the formula says",
            SOURCE,
            WEIGHT_ERROR,
            Where.of(first),
            Interval.upTo(WEIGHT_MARGIN)));
    int deep = config.get(DEEP);
    if (deep > 0 && config.get(METHODS).contains(EncoderStart.POST_LN)) {
      Where post = Where.of(EncoderStart.POST_LN).with(DEPTH, deep).with(WARMUP, 0.0);
      for (double small : List.of(0.2, 0.55)) {
        if (config.get(SCALES).containsAll(List.of(small, 1.0))) {
          claims.add(
              Claim.trainsMore(
                  "post-ln-trains-from-%s-rather-than-1".formatted(small),
                  "Without warm-up a Post-LN encoder of %s layers trains more often from s√d = %s than from 1"
                      .formatted(deep, small),
                  SOURCE + ", in direction",
                  post.with(SCALE, small),
                  post.with(SCALE, 1.0)));
        }
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory);
    for (String method : config.get(METHODS)) {
      for (long seed : Keys.seedsOf(config)) {
        Trial trial = new Trial(name(), method, Map.of(), seed, Trial.FINAL);
        study.add(START.trial("start-" + method + "-seed" + seed, trial, config));
      }
      for (double warmup : config.get(WARMUPS)) {
        trained(study, config, method, config.get(Keys.DEPTH), warmup);
      }
    }
    if (config.get(DEEP) > 0 && config.get(METHODS).contains(EncoderStart.POST_LN)) {
      trained(study, config, EncoderStart.POST_LN, config.get(DEEP), 0);
    }
    return Runs.of(study.run(name()));
  }

  private static void trained(Study study, Config config, String method, int depth, double warmup) {
    double width = config.get(Keys.WIDTH);
    for (double scale : config.get(SCALES)) {
      study.add(
          method,
          Map.of(
              SCALE,
              String.valueOf(scale),
              DEPTH,
              String.valueOf(depth),
              WARMUP,
              String.valueOf(warmup)),
          run ->
              run.with(Keys.DEPTH, depth)
                  .with(Keys.INIT_STD, scale / Math.sqrt(width))
                  .with(Keys.WARMUP, warmup * config.get(Keys.EPOCHS)));
    }
  }

  private static Outcome start(Config config, Progress.Part progress) {
    TreeSet<Integer> depths = new TreeSet<>(List.of(config.get(Keys.DEPTH)));
    if (config.get(DEEP) > 0) {
      depths.add(config.get(DEEP));
    }
    Truncation truncation = Truncation.named(config.get(Keys.INIT_CUT));
    Map<String, Double> values = new LinkedHashMap<>();
    int done = 0;
    for (int depth : depths) {
      for (double scale : config.get(SCALES)) {
        Map<String, String> place =
            Map.of(SCALE, String.valueOf(scale), DEPTH, String.valueOf(depth));
        new EncoderStart(config.get(Keys.METHOD), scale, truncation, depth, config.get(Keys.SEED))
            .measure()
            .forEach((name, value) -> put(values, name, place, value));
        progress.report(++done, (long) depths.size() * config.get(SCALES).size());
      }
    }
    return Outcome.done(values);
  }

  private static void put(
      Map<String, Double> values, String name, Map<String, String> place, double value) {
    if (LARGEST.contains(name)) {
      values.merge(name, value, Math::max);
      return;
    }
    String[] kind = name.split(" ", -1);
    Map<String, String> where = new TreeMap<>(place);
    if (kind.length > 1) {
      where.put(KIND, kind[1]);
    }
    values.put(new Quantity(kind[0], where).toString(), value);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new InitStd(), args);
  }
}
