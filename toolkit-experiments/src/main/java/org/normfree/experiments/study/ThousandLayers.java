package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.text.TextScores;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.Statistics;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code thousand-layers}: an encoder–decoder of 500 and 500 layers, and an encoder of 1,000, with
 * several methods, trained until the loss has clearly fallen or not; time and memory of a step, and
 * how far the model's output has moved. The same encoder–decoder of 100 and 100 layers shows
 * whether time is linear in depth. Source: arXiv 2203.00555, section 5.
 */
public final class ThousandLayers implements Experiment {
  private static final String PAIR = "encoder-decoder";
  private static final String ENCODER = "encoder";
  private static final String SECONDS = "step_seconds";
  private static final String FAST_SECONDS = "step_seconds_p10";
  private static final List<String> METRICS =
      List.of(
          "loss_start",
          "loss_end",
          "loss_drop",
          "below_unigram",
          "update_size",
          SECONDS,
          FAST_SECONDS,
          "memory_gb");
  private static final int EDGE = 5;
  private static final Range COUNT = Range.any().atLeast(0);

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("deepnorm", "post-ln"),
          Methods::names,
          "the methods that are compared");

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
          case STANDARD -> List.of();
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(
        List.of(METHODS, LAYERS, SHALLOW, ENCODER_LAYERS, ENCODER_RATE),
        List.of(
            Keys.WIDTH.withDefault(64),
            Keys.HEADS.withDefault(2),
            TextKeys.BATCH_TOKENS.withDefault(192),
            Keys.STEPS.withDefault(200),
            Keys.LEARNING_RATE.withDefault(3e-4),
            Keys.WARMUP.withDefault(0.0),
            Keys.OPTIMIZER,
            Keys.MOMENTUM,
            Keys.CLIP,
            Keys.CHECKPOINT_EVERY),
        List.of(Keys.EXECUTOR, Keys.KERNELS, Keys.VECTOR, Keys.PRECISION),
        List.of(Keys.THREADS.withDefault(2), Keys.SEED, Keys.SEEDS.withDefault(1), Keys.JOBS));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study pairs = new Study(name(), config, directory, Translating.KIND);
    Study encoders = new Study(name(), config, directory, LanguageModeling.KIND);
    int layers = config.get(LAYERS);
    int shallow = config.get(SHALLOW);
    int encoder = config.get(ENCODER_LAYERS);
    for (String method : config.get(METHODS)) {
      if (shallow > 0) {
        pairs.add(method, setting(PAIR, shallow), new Measuring(), run -> pair(run, shallow));
      }
      pairs.add(method, setting(PAIR, layers), new Measuring(), run -> pair(run, layers));
      if (encoder > 0) {
        encoders.add(method, setting(ENCODER, encoder), new Measuring(), run -> text(run, config));
      }
    }
    List<TrialResult> results = new ArrayList<>(pairs.run(name()));
    if (encoder > 0) {
      results.addAll(encoders.run(name() + ", encoder"));
    }
    SummaryBuilder table = new SummaryBuilder(name());
    for (String metric : METRICS) {
      table.runs(results, metric, Published.none());
    }
    if (shallow > 0) {
      for (String method : config.get(METHODS)) {
        growth(method, results, shallow, layers).ifPresent(table::row);
      }
    }
    return Result.of(table.build(), results);
  }

  private static Map<String, String> setting(String architecture, int layers) {
    return Map.of("arch", architecture, "layers", String.valueOf(layers));
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
        .with(Keys.PROBES, List.of("update-size"))
        .with(Keys.PROBE_EVERY, 10);
  }

  /**
   * Time of a layer in the deep model over that in the shallow one: 1 where time is linear. It is
   * that of the fastest tenth of the steps, because other load on a machine makes steps slower and
   * never faster, and the two models are trained minutes apart.
   */
  private static Optional<SummaryRow> growth(
      String method, List<TrialResult> results, int shallow, int deep) {
    Optional<Double> few = seconds(method, results, shallow);
    Optional<Double> many = seconds(method, results, deep);
    if (few.isEmpty() || many.isEmpty()) {
      return Optional.empty();
    }
    double ratio = many.get() / deep / (few.get() / shallow);
    return Optional.of(
        new SummaryRow(
            method,
            Map.of("arch", PAIR, "layers", deep + "/" + shallow),
            "step_time_per_layer_ratio",
            ratio,
            null,
            1,
            List.of(),
            0,
            null,
            null));
  }

  private static Optional<Double> seconds(String method, List<TrialResult> results, int layers) {
    return results.stream()
        .filter(result -> result.done() && result.trial().method().equals(method))
        .filter(result -> result.trial().setting().equals(setting(PAIR, layers)))
        .map(result -> result.outcome().values().get(FAST_SECONDS))
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** Loss at both ends of the training, and what a step takes. */
  private static final class Measuring implements TrainingRun.Probing {
    private final Map<RunDirectory, Meter> meters = new ConcurrentHashMap<>();

    @Override
    public List<TrainingListener> listeners(TrainingRun.View view) {
      Meter meter = new Meter();
      meters.put(view.directory(), meter);
      return List.of(new StepLoss(view.recorder()), meter);
    }

    @Override
    public Map<String, Double> atEnd(TrainingRun.View view, Trainer trainer) {
      Map<String, Double> values = new LinkedHashMap<>();
      List<Double> losses = StepLoss.read(view.directory());
      int edge = Math.min(EDGE, losses.size());
      double start = Statistics.mean(losses.subList(0, edge));
      double end = Statistics.mean(losses.subList(losses.size() - edge, losses.size()));
      values.put("loss_start", start);
      values.put("loss_end", end);
      values.put("loss_drop", start - end);
      values.put("below_unigram", unigramLoss(view.batches()) - end);
      List<Double> sizes = StepLoss.values(Recorder.read(view.directory()), "update_size");
      values.put("update_size", sizes.get(sizes.size() - 1));
      meters.remove(view.directory()).report(values);
      return values;
    }
  }

  /** Of what is to be predicted in an epoch. */
  private static double unigramLoss(BatchStream batches) {
    return TextScores.unigramLoss(
        IntStream.range(0, batches.stepsPerEpoch())
            .flatMap(step -> IntStream.of(batches.batch(step).integers(Network.TARGETS)))
            .filter(target -> target != Batch.IGNORED));
  }

  /** Time and memory of the steps that this process did. */
  private static final class Meter implements TrainingListener {
    private final List<Double> seconds = new ArrayList<>();
    private long last;
    private long bytes;

    @Override
    public void onStart(Trainer trainer) {
      last = System.nanoTime();
    }

    @Override
    public void onStep(Trainer trainer, Step step) {
      long now = System.nanoTime();
      seconds.add((now - last) / 1e9);
      last = now;
      bytes = Math.max(bytes, Pointer.physicalBytes());
    }

    /** Adds what a step takes, in the median and at its fastest, and the most memory there was. */
    void report(Map<String, Double> values) {
      if (!seconds.isEmpty()) {
        List<Double> sorted = seconds.stream().sorted().toList();
        values.put(SECONDS, sorted.get(sorted.size() / 2));
        values.put(FAST_SECONDS, sorted.get(sorted.size() / 10));
        values.put("memory_gb", bytes / 1e9);
      }
    }
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new ThousandLayers(), args);
  }
}
