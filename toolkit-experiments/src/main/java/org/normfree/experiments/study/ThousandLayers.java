package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Readings;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.problem.LanguageModeling;
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code thousand-layers}: an encoder–decoder of 500 and 500 layers, and an encoder of 1,000, with
 * several methods, trained until the loss has clearly fallen or not; time and memory of a step, and
 * how far the model's output has moved. The same encoder–decoder of 100 and 100 layers shows
 * whether time is linear in depth. Source: arXiv 2203.00555, section 5.
 */
public final class ThousandLayers implements Experiment {
  private static final String ARCH = "arch";
  private static final String DEPTH = "layers";
  private static final String PAIR = "encoder-decoder";
  private static final String ENCODER = "encoder";
  private static final Range COUNT = Range.any().atLeast(0);

  /** A loss this far below the entropy of the token frequencies has learned more than them. */
  private static final double MARGIN = 0.1;

  /** How far the time of a layer may differ between depths, as a ratio. */
  private static final double LINEAR = 1.25;

  private static final Metric BELOW =
      Metric.number("below_unigram", "loss below that of token frequencies", "nats");
  private static final Metric END = Metric.loss("loss_end", "loss at the end", "nats");
  private static final Metric START = Metric.loss("loss_start", "loss at the start", "nats");
  private static final Metric DROP = Metric.number("loss_drop", "fall of the loss", "nats");
  private static final Metric UPDATE =
      Metric.size("update_size", "movement of the output at the end", "");
  private static final Metric SECONDS = Metric.size("step_seconds", "time of a step", "s");
  private static final Metric FAST_SECONDS =
      Metric.size("step_seconds_p10", "time of a step, fastest tenth", "s");
  private static final Metric MEMORY = Metric.size("memory_gb", "memory of the process", "GB");

  private static final Key<List<String>> METHODS = Studies.methods("deepnorm", "post-ln");

  private static final Key<Integer> LAYERS =
      Key.integer("layers", 500, Range.any().atLeast(1), "layers of either side of the deep model");

  private static final Key<Integer> SHALLOW =
      Key.integer(
          "layers.shallow", 100, COUNT, "layers of the model its time is compared with; 0 = none");

  private static final Key<Integer> ENCODER_LAYERS =
      Key.integer("layers.encoder", 1000, COUNT, "layers of the encoder; 0 = none");

  private static final Key<Double> ENCODER_RATE =
      Key.decimal("lr.encoder", 1e-3, Range.any().above(0), "learning rate of the encoder");

  @Override
  public String name() {
    return "thousand-layers";
  }

  @Override
  public String summary() {
    return "500 and 500 layers, and 1,000 layers: what trains, in what time and memory";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("layers=50", "layers.shallow=10", "layers.encoder=100", "steps=30");
          case STANDARD -> List.of("seeds=3");
        });
  }

  @Override
  public Optional<String> smokeTest(Preset preset) {
    return preset == Preset.QUICK
        ? Optional.of("50 and 100 layers for 30 steps instead of 500 and 1,000 for 200")
        : Optional.empty();
  }

  @Override
  public List<Key<?>> keys() {
    return new Schema(
            List.of(
                METHODS,
                LAYERS,
                SHALLOW,
                ENCODER_LAYERS,
                ENCODER_RATE,
                Keys.WIDTH.withDefault(64),
                Keys.HEADS.withDefault(2),
                TextKeys.BATCH_TOKENS.withDefault(192),
                Keys.STEPS.withDefault(200),
                Keys.LEARNING_RATE.withDefault(3e-4),
                Keys.WARMUP.withDefault(0.0),
                Keys.OPTIMIZER,
                Keys.MOMENTUM,
                Keys.CLIP,
                Keys.CHECKPOINT_EVERY,
                Keys.EXECUTOR,
                Keys.KERNELS,
                Keys.VECTOR,
                Keys.PRECISION,
                Keys.THREADS,
                Keys.SEED,
                Keys.SEEDS.withDefault(1),
                Keys.JOBS))
        .keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Does a thousand layers train, and what does a step of them take?",
            BELOW,
            END,
            START,
            DROP,
            UPDATE,
            SECONDS,
            FAST_SECONDS,
            MEMORY)
        .against(Baseline.of("post-ln"))
        .over(
            Axis.condition(ARCH, "network")
                .with(Map.of(PAIR, "encoder–decoder", ENCODER, "encoder")),
            Axis.depth(DEPTH, "layers"))
        .drawn(FigureSpec.of(FigureSpec.PROBES, "", "step", ARCH, DEPTH))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    String source = Studies.DEEPNET + ", section 5";
    int layers = config.get(LAYERS);
    int shallow = config.get(SHALLOW);
    List<String> methods = config.get(METHODS);
    List<Claim> claims = new ArrayList<>();
    if (methods.contains("deepnorm")) {
      claims.add(
          Claim.within(
              "deepnorm-trains",
              "DeepNorm trains %s layers a side: it learns more than how often tokens occur"
                  .formatted(layers),
              source,
              BELOW,
              pair("deepnorm", layers),
              Interval.from(MARGIN)));
      if (shallow > 0 && shallow < layers) {
        claims.add(
            new Claim(
                "time-linear-in-depth",
                "A layer takes as long among %s as among %s".formatted(layers, shallow),
                source,
                "95 % interval of the ratio of the times of a layer (fastest tenth of steps) within 0.8 to 1.25",
                new Interval(1 / LINEAR, LINEAR),
                readings -> timeRatio(readings, "deepnorm", shallow, layers)));
      }
    }
    if (methods.contains("post-ln")) {
      claims.add(
          Claim.within(
              "post-ln-fails",
              "Post-LN does not train %s layers a side".formatted(layers),
              source,
              BELOW,
              pair("post-ln", layers),
              Interval.upTo(MARGIN)));
    }
    return claims;
  }

  private static Where pair(String method, int layers) {
    return Where.of(method).with(ARCH, PAIR).with(DEPTH, layers);
  }

  /**
   * Time of a layer in the deep model over that in the shallow one: 1 where time is linear. It is
   * that of the fastest tenth of the steps, because other load on a machine makes steps slower and
   * never faster, and the two models are trained minutes apart.
   */
  private static Optional<Estimate> timeRatio(
      Readings readings, String method, int shallow, int deep) {
    Map<Long, Double> few = readings.bySeed(FAST_SECONDS, pair(method, shallow));
    Map<Long, Double> many = readings.bySeed(FAST_SECONDS, pair(method, deep));
    List<Double> ratios =
        many.entrySet().stream()
            .filter(entry -> few.containsKey(entry.getKey()))
            .map(entry -> entry.getValue() / deep / (few.get(entry.getKey()) / shallow))
            .toList();
    return Estimates.mean(Gauge.of(FAST_SECONDS), ratios);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study pairs = new Study(name(), config, directory, Translating.KIND);
    Study encoders = new Study(name(), config, directory, LanguageModeling.KIND);
    int layers = config.get(LAYERS);
    int shallow = config.get(SHALLOW);
    int encoder = config.get(ENCODER_LAYERS);
    for (String method : config.get(METHODS)) {
      if (shallow > 0) {
        pairs.add(method, setting(PAIR, shallow), run -> pair(run, shallow));
      }
      pairs.add(method, setting(PAIR, layers), run -> pair(run, layers));
      if (encoder > 0) {
        encoders.add(method, setting(ENCODER, encoder), run -> text(run, config));
      }
    }
    List<TrialResult> results = new ArrayList<>(pairs.run(name()));
    if (encoder > 0) {
      results.addAll(encoders.run(name() + ", encoder"));
    }
    return Runs.of(results);
  }

  private static Map<String, String> setting(String architecture, int layers) {
    return Map.of(ARCH, architecture, DEPTH, String.valueOf(layers));
  }

  /** Numbers so small that all pairs have one length: one plan for the whole training. */
  private static Config pair(Config run, int layers) {
    return shared(run, layers)
        .with(TextKeys.COUNT, 600)
        .with(TextKeys.LARGEST, 999L)
        .with(TextKeys.DECODE, false);
  }

  /** Bytes, because so few steps see enough of each of them. */
  private static Config text(Config run, Config study) {
    return shared(run, study.get(ENCODER_LAYERS))
        .with(Keys.LEARNING_RATE, study.get(ENCODER_RATE))
        .with(LanguageModeling.ARCHITECTURE, ENCODER)
        .with(TextKeys.TOKENIZER, "byte")
        .with(TextKeys.VOCABULARY, 0)
        .with(TextKeys.CHARACTERS, 50_000)
        .with(TextKeys.MAX_LENGTH, 32);
  }

  private static Config shared(Config run, int layers) {
    return run.with(Keys.DEPTH, layers)
        .with(Keys.EVAL_EVERY, Integer.MAX_VALUE)
        .with(Keys.PROBES, List.of("update-size", "step-loss", "step-cost"))
        .with(Keys.PROBE_EVERY, 10);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new ThousandLayers(), args);
  }
}
