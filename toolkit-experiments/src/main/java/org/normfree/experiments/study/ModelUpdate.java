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
import org.normfree.core.model.Transformer;
import org.normfree.core.model.TransformerConfig;
import org.normfree.core.nn.Network;
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
 * {@code model-update}: how the size of a model's first update grows with its depth, for SGD and
 * Adam, in a stack of feed-forward branches and in an encoder–decoder of width 64; the slope of log
 * size over log depth. Source: arXiv 2203.00555, sections 3 and 4, figure 5.
 */
public final class ModelUpdate implements Experiment {
  private static final String STACK = "ffn-stack";
  private static final String PAIR = "encoder-decoder";
  private static final String SLOPE = "update_slope";
  private static final String SIZE = "update_size";
  private static final List<String> OPTIMIZERS = List.of("sgd", "adam");

  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int HEADS = 2;
  private static final int PAIRS = 200;
  private static final int VOCABULARY = 300;
  private static final int LONGEST = 64;
  private static final int BATCH_TOKENS = 128;

  private static final Range TWO_UP = Range.any().atLeast(2);

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("post-ln", "deepnorm", "deepnorm-adam", "pre-ln", "dyt", "admin", "t-fixup"),
          Methods::names,
          "the methods that are compared");

  private static final Key<List<String>> ARCHITECTURES =
      Key.choices(
          "architectures",
          List.of(STACK, PAIR),
          () -> List.of(STACK, PAIR),
          "the networks that are looked at");

  private static final Key<List<Double>> BRANCHES =
      Key.decimals(
          "branches",
          List.of(12.0, 24.0, 48.0, 96.0, 192.0),
          TWO_UP,
          "depths of the stack: numbers of branches, even");

  private static final Key<List<Double>> LAYERS =
      Key.decimals(
          "layers",
          List.of(6.0, 12.0, 25.0, 50.0, 100.0),
          Range.any().atLeast(1),
          "depths of the encoder-decoder: layers of either side");

  private static final Key<Boolean> MATRICES_ONLY =
      Key.flag(
          "matrices.only",
          true,
          "step the weight matrices alone, of which the paper's bounds speak; false = gains and biases too");

  private static final List<Key<?>> TRIAL_KEYS =
      Config.schema(List.of(Keys.METHOD, BRANCHES, LAYERS, MATRICES_ONLY, Keys.SEED));

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
    return Config.schema(
        List.of(METHODS, ARCHITECTURES, BRANCHES, LAYERS, MATRICES_ONLY),
        List.of(Keys.SEED, Keys.SEEDS, Keys.THREADS, Keys.JOBS));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String architecture : config.get(ARCHITECTURES)) {
      for (String method : config.get(METHODS)) {
        for (long seed : Keys.seedsOf(config)) {
          Config own =
              config
                  .forExperiment("update-" + architecture, TRIAL_KEYS)
                  .with(Keys.METHOD, method)
                  .with(Keys.SEED, seed);
          trials.add(
              new SweepTrial(
                  architecture + "-" + method + "-seed" + seed,
                  new Trial(name(), method, Map.of("arch", architecture), seed, Trial.FINAL),
                  own,
                  (c, d, progress) -> measure(architecture, c, progress)));
        }
      }
    }
    List<TrialResult> results = new Sweep(directory, Keys.jobsOf(config)).run(name(), trials);
    SummaryBuilder table = new SummaryBuilder(name());
    rows(results, SLOPE).forEach(table::row);
    for (String architecture : config.get(ARCHITECTURES)) {
      for (double depth : depths(architecture, config)) {
        rows(results, SIZE + ":" + (int) depth).forEach(table::row);
      }
    }
    return Result.of(table.build(), results);
  }

  private static List<Double> depths(String architecture, Config config) {
    return config.get(architecture.equals(STACK) ? BRANCHES : LAYERS);
  }

  private static Outcome measure(String architecture, Config config, Progress.Part progress) {
    Method method = Methods.create(config.get(Keys.METHOD), MethodOptions.DEFAULTS);
    long seed = config.get(Keys.SEED);
    boolean matrices = config.get(MATRICES_ONLY);
    List<Double> depths = depths(architecture, config);
    Map<String, List<Double>> sizes = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    double total = depths.stream().mapToDouble(depth -> depth).sum();
    double done = 0;
    for (double depth : depths) {
      Map<String, FirstUpdate.Change> measured =
          architecture.equals(STACK)
              ? FirstUpdate.ofStack((int) depth, method, seed, matrices)
              : pair((int) depth, method, seed, matrices);
      OPTIMIZERS.forEach(
          optimizer -> {
            double size = measured.get(optimizer).output();
            sizes.computeIfAbsent(optimizer, key -> new ArrayList<>()).add(size);
            values.put(SIZE + ":" + (int) depth + "/" + optimizer, size);
          });
      done += depth;
      progress.report(Math.round(done), Math.round(total));
    }
    sizes.forEach((optimizer, of) -> values.put(SLOPE + "/" + optimizer, slope(depths, of)));
    return Outcome.done(values);
  }

  private static Map<String, FirstUpdate.Change> pair(
      int layers, Method method, long seed, boolean matrices) {
    ParallelCorpus corpus = Numbers.load("en", "de", PAIRS, 99_999);
    Tokenizer tokenizer = Tokenizers.train("bpe", corpus.trainingTexts(), VOCABULARY);
    EncodedPairs pairs =
        new EncodedPairs(corpus.train(), tokenizer, tokenizer, LONGEST, Overlong.SKIP);
    Map<String, INDArray> inputs =
        Feeds.arrays(new PairBatches(pairs, BATCH_TOKENS, seed).batch(0), DataType.FLOAT);
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
    return FirstUpdate.of(network, inputs, matrices);
  }

  /** Least squares of log size on log depth; NaN if a size is no finite number above 0. */
  static double slope(List<Double> depths, List<Double> sizes) {
    double[] x = depths.stream().mapToDouble(Math::log).toArray();
    double[] y = sizes.stream().mapToDouble(Math::log).toArray();
    double meanX = Statistics.mean(depths.stream().map(Math::log).toList());
    double meanY = Statistics.mean(sizes.stream().map(Math::log).toList());
    double product = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      product += (x[i] - meanX) * (y[i] - meanY);
      square += (x[i] - meanX) * (x[i] - meanX);
    }
    double slope = product / square;
    return Double.isFinite(slope) ? slope : Double.NaN;
  }

  /** A row for every method, architecture and optimizer. */
  private static List<SummaryRow> rows(List<TrialResult> results, String metric) {
    Map<List<String>, List<TrialResult>> groups = new LinkedHashMap<>();
    for (TrialResult result : results) {
      String architecture = result.trial().setting().get("arch");
      groups
          .computeIfAbsent(List.of(architecture, result.trial().method()), key -> new ArrayList<>())
          .add(result);
    }
    List<SummaryRow> rows = new ArrayList<>();
    groups.forEach(
        (key, runs) -> {
          for (String optimizer : OPTIMIZERS) {
            row(key, runs, metric, optimizer).ifPresent(rows::add);
          }
        });
    return rows;
  }

  private static Optional<SummaryRow> row(
      List<String> key, List<TrialResult> runs, String metric, String optimizer) {
    String value = metric + "/" + optimizer;
    List<TrialResult> done = runs.stream().filter(TrialResult::done).toList();
    if (done.stream().noneMatch(run -> run.outcome().values().containsKey(value))) {
      return Optional.empty();
    }
    List<Double> values =
        done.stream()
            .map(run -> run.outcome().values().get(value))
            .filter(Double::isFinite)
            .toList();
    return Optional.of(
        new SummaryRow(
            key.get(1),
            Map.of("arch", key.get(0), "optimizer", optimizer),
            metric,
            values.isEmpty() ? null : Statistics.mean(values),
            Statistics.meanInterval(values).map(ci -> List.of(ci.low(), ci.high())).orElse(null),
            values.size(),
            runs.stream().map(run -> run.trial().seed()).toList(),
            runs.size() - values.size(),
            null,
            null));
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new ModelUpdate(), args);
  }
}
