package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.text.EncodedPairs;
import org.normfree.core.data.text.Numbers;
import org.normfree.core.data.text.Overlong;
import org.normfree.core.data.text.PairBatches;
import org.normfree.core.data.text.ParallelCorpus;
import org.normfree.core.data.text.Tokenizer;
import org.normfree.core.data.text.Tokenizers;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
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
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.problem.Feeds;
import org.normfree.experiments.run.MetricLog;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;

/**
 * {@code model-update}: how the size of a model's first update grows with its depth, for SGD and
 * Adam, in a stack of feed-forward branches and in an encoder–decoder of width 64; the slope of log
 * size over log depth; and how far the output moves over the first steps. Source: arXiv 2203.00555,
 * sections 3 and 4, figure 5.
 */
public final class ModelUpdate implements Experiment {
  private static final String PAIR = "encoder-decoder";
  private static final Metric SLOPE =
      Metric.number("update_slope", "slope of log update size over log depth", "");
  private static final DepthGrowth GROWTH =
      new DepthGrowth(
          Metric.size("update_size", "change of the output over the rate", ""),
          SLOPE,
          List.of("sgd", "adam"));

  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int HEADS = 2;
  private static final int PAIRS = 200;
  private static final int VOCABULARY = 300;
  private static final int LONGEST = 64;
  private static final int BATCH_TOKENS = 128;

  private static final Range TWO_UP = Range.any().atLeast(2);

  private static final Key<List<String>> METHODS =
      Studies.methods("post-ln", "deepnorm", "deepnorm-adam", "pre-ln", "dyt", "admin", "t-fixup");

  private static final Key<List<String>> ARCHITECTURES =
      Key.choices(
          "architectures",
          List.of(FirstSteps.STACK, PAIR),
          () -> List.of(FirstSteps.STACK, PAIR),
          "the networks that are looked at");

  private static final Key<List<Integer>> BRANCHES =
      Key.integers(
          "branches",
          List.of(12, 24, 48, 96, 192),
          TWO_UP,
          "depths of the stack: numbers of branches, even");

  private static final Key<List<Integer>> LAYERS =
      Key.integers(
          "layers",
          List.of(6, 12, 25, 50, 100),
          Range.any().atLeast(1),
          "depths of the encoder-decoder: layers of either side");

  private static final Key<Boolean> MATRICES_ONLY =
      Key.flag(
          "matrices.only",
          true,
          "step the weight matrices alone, of which the paper's bounds speak; false = gains and biases too");

  private static final Key<Integer> STEPS =
      Key.integer(
          "steps", 20, Range.any().atLeast(0), "steps over which the output is followed; 0 = none");

  private static final Key<Double> SGD_RATE =
      Key.decimal("lr.sgd", 1e-3, Range.any().above(0), "learning rate of SGD in these steps");

  private static final Key<Double> ADAM_RATE =
      Key.decimal("lr.adam", 1e-5, Range.any().above(0), "learning rate of Adam in these steps");

  private static final List<Key<?>> OWN =
      List.of(BRANCHES, LAYERS, MATRICES_ONLY, STEPS, SGD_RATE, ADAM_RATE);

  /** One run: all depths of the stack with a method and seed. */
  static final SingleRun STACK_RUN = run(FirstSteps.STACK);

  /** One run: all depths of the encoder–decoder with a method and seed. */
  static final SingleRun PAIR_RUN = run(PAIR);

  private static SingleRun run(String architecture) {
    return new SingleRun(
        "update-" + architecture,
        "first update of one method at several depths, " + architecture,
        Schema.of(List.of(Keys.METHOD), OWN, List.of(Keys.SEED)).keys(),
        (config, directory, progress) -> measure(architecture, config, directory, progress));
  }

  @Override
  public String name() {
    return "model-update";
  }

  @Override
  public String summary() {
    return "size of the first update against depth, for SGD and Adam (DeepNet's figure 5)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("layers=6,12,25", "branches=12,24,48", "methods=post-ln,deepnorm");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return new Schema(OWN)
        .after(METHODS, ARCHITECTURES)
        .with(Keys.SEED, Keys.SEEDS, Keys.THREADS, Keys.JOBS)
        .keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How does the size of a model's first update grow with its depth?",
            SLOPE,
            GROWTH.size())
        .against(Baseline.of("post-ln"))
        .over(
            Axis.condition(DepthGrowth.ARCH, "network")
                .with(Map.of(FirstSteps.STACK, "stack of branches", PAIR, "encoder–decoder")),
            DepthGrowth.OPTIMIZERS.with(Map.of("sgd", "SGD", "adam", "Adam")),
            Axis.depth(DepthGrowth.DEPTH, "depth"))
        .drawn(
            FigureSpec.of(
                FigureSpec.LINES,
                GROWTH.size().name(),
                DepthGrowth.DEPTH,
                DepthGrowth.ARCH,
                DepthGrowth.OPTIMIZER),
            FigureSpec.of(FigureSpec.PATHS, "", "step"))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    String source = Studies.DEEPNET + ", section 4 and figure 5";
    for (String architecture : config.get(ARCHITECTURES)) {
      if (config.get(METHODS).contains("post-ln")) {
        claims.add(
            Claim.within(
                "post-ln-grows-" + architecture,
                "Post-LN's update under SGD explodes with depth (%s)".formatted(architecture),
                source,
                SLOPE,
                where("post-ln", architecture),
                DepthGrowth.GROWS));
      }
      if (config.get(METHODS).contains("deepnorm")) {
        claims.add(
            Claim.within(
                "deepnorm-flat-" + architecture,
                "DeepNorm's update under SGD does not grow with depth (%s)".formatted(architecture),
                source,
                SLOPE,
                where("deepnorm", architecture),
                DepthGrowth.FLAT));
      }
    }
    return claims;
  }

  private static Where where(String method, String architecture) {
    return Where.of(method).with(DepthGrowth.ARCH, architecture).with(DepthGrowth.OPTIMIZER, "sgd");
  }

  @Override
  public List<Experiment> parts() {
    return List.of(STACK_RUN, PAIR_RUN);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String architecture : config.get(ARCHITECTURES)) {
      SingleRun run = architecture.equals(PAIR) ? PAIR_RUN : STACK_RUN;
      for (String method : config.get(METHODS)) {
        for (long seed : Keys.seedsOf(config)) {
          Map<String, String> setting = Map.of(DepthGrowth.ARCH, architecture);
          trials.add(
              run.trial(
                  Study.id(method, setting) + "-seed" + seed,
                  new Trial(name(), method, setting, seed, Trial.FINAL),
                  config));
        }
      }
    }
    return Runs.of(new Sweep(directory, Keys.jobsOf(config)).run(name(), trials));
  }

  private static List<Integer> depths(String architecture, Config config) {
    return config.get(architecture.equals(FirstSteps.STACK) ? BRANCHES : LAYERS);
  }

  private static Outcome measure(
      String architecture, Config config, RunDirectory directory, Progress.Part progress) {
    Method method = Methods.create(config.get(Keys.METHOD), MethodOptions.DEFAULTS);
    Map<Integer, Map<String, List<Double>>> paths = new LinkedHashMap<>();
    Map<String, Double> values =
        GROWTH.values(
            depths(architecture, config),
            progress,
            depth -> {
              try (FirstSteps steps = network(architecture, depth, method, config)) {
                Map<String, List<Double>> path = new LinkedHashMap<>();
                int count = config.get(STEPS);
                path.put("sgd", steps.path("sgd", config.get(SGD_RATE), count));
                path.put("adam", steps.path("adam", config.get(ADAM_RATE), count));
                paths.put(depth, path);
                return steps.changes(FirstSteps.Change::output);
              }
            });
    try (MetricLog metrics = directory.metrics()) {
      for (int step = 1; step <= config.get(STEPS); step++) {
        for (Map.Entry<Integer, Map<String, List<Double>>> path : paths.entrySet()) {
          metrics.add(line(step, path.getKey(), path.getValue()));
        }
      }
    }
    return Outcome.done(values);
  }

  /** How far the output has moved after a step, by optimizer. */
  private static MetricLine line(int step, int depth, Map<String, List<Double>> path) {
    Map<String, Double> moved = new LinkedHashMap<>();
    path.forEach(
        (optimizer, distances) -> {
          if (distances.size() >= step) {
            moved.put(optimizer, distances.get(step - 1));
          }
        });
    return new MetricLine(MetricLine.PROBE, step, 0, MetricLine.DEPTH + depth, moved);
  }

  private static FirstSteps network(String architecture, int depth, Method method, Config config) {
    long seed = config.get(Keys.SEED);
    boolean matrices = config.get(MATRICES_ONLY);
    return architecture.equals(FirstSteps.STACK)
        ? FirstSteps.ofStack(depth, method, seed, matrices)
        : pair(depth, method, seed, matrices);
  }

  private static FirstSteps pair(int layers, Method method, long seed, boolean matrices) {
    ParallelCorpus corpus = Numbers.load("en", "de", PAIRS, 99_999);
    Tokenizer tokenizer = Tokenizers.train("bpe", corpus.trainingTexts(), VOCABULARY);
    EncodedPairs pairs =
        new EncodedPairs(corpus.train(), tokenizer, tokenizer, LONGEST, Overlong.SKIP);
    TransformerConfig shape =
        new TransformerConfig(
            tokenizer.size(),
            WIDTH,
            layers,
            layers,
            HEADS,
            HIDDEN,
            LONGEST,
            FeedForward.RELU,
            true,
            0,
            0);
    Network network = Transformer.build(shape, method, DataType.FLOAT, seed);
    Map<String, INDArray> inputs =
        Feeds.arrays(new PairBatches(pairs, BATCH_TOKENS, seed).batch(0), network);
    return new FirstSteps(network, inputs, matrices);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new ModelUpdate(), args);
  }
}
