package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.speech.Clip;
import org.normfree.core.data.speech.SpeechBatches;
import org.normfree.core.data.speech.SpeechCorpus;
import org.normfree.core.data.speech.SpeechSets;
import org.normfree.core.data.speech.SpokenStrings;
import org.normfree.core.data.speech.SyntheticSpeech;
import org.normfree.core.data.speech.WordErrors;
import org.normfree.core.decode.CtcGreedy;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.speech.FeatureEncoderConfig;
import org.normfree.core.model.speech.Wav2Vec2;
import org.normfree.core.model.speech.Wav2Vec2Config;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.nn.SpanMask;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Schedule;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.probe.LinearProbe;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Pretrained;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Scheduled;
import org.normfree.core.train.Source;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.config.SpeechKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/**
 * Finding out what masked frames of speech are, and what the network is good for afterwards: linear
 * probes of words and speakers beside the same on an untrained network, and recognizing strings of
 * words beside the same from scratch. Source: arXiv 2006.11477.
 */
public final class MaskedSpeech implements Problem {
  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              SpeechKeys.data(),
              SpeechKeys.model(),
              Keys.methodOptions(),
              List.of(SpeechKeys.BATCH),
              Keys.training().stream()
                  .filter(key -> !Keys.imagesOnly().contains(key) && key != Keys.LABEL_SMOOTHING)
                  .toList(),
              SpeechKeys.judging(),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.EPOCHS, 40)
          .withDefault(Keys.LEARNING_RATE, 2e-3)
          .withDefault(Keys.WARMUP, 5.0)
          .withDefault(Keys.BETA2, 0.98)
          .withDefault(Keys.WEIGHT_DECAY, 0.01)
          .withDefault(Keys.DECAY_ALL, true)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EVAL_EVERY, 10)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind("listen", KEYS, MaskedSpeech::new, MaskedSpeech::architecture);

  /** Test recordings whose word a linear map tells, in percent; takes are new to it. */
  public static final String WORD_PROBE = "word_probe";

  /** The same where speakers are new to the linear map. */
  public static final String NEW_SPEAKER_PROBE = "new_speaker_probe";

  /** Test recordings whose speaker it tells, in percent. */
  public static final String SPEAKER_PROBE = "speaker_probe";

  /** In front of a value: of the network before its training. */
  public static final String UNTRAINED = "untrained_";

  /** Behind the name of a probe: what training added, in points. */
  public static final String GAIN = "_gain";

  /** Errors a word said, in percent, of the trained network after fine-tuning. */
  public static final String WORD_ERROR_RATE = "word_error_rate";

  /** The same less that of training from scratch, in points. */
  public static final String FEWER_ERRORS = "word_error_rate_difference";

  private static final int VALIDATION_BATCHES = 4;
  private static final int TEST_BATCHES = 8;

  /** Seed of what evaluations hear, which is the same in all runs. */
  private static final long HELD_OUT = 2006_11477;

  private static final int PROBE_BATCH = 64;

  /** Every third speaker is new to the probe of words by new speakers. */
  private static final int NEW_SPEAKERS = 3;

  private static final int FEATURE_BATCH = 40;
  private static final double TUNE_WARMUP = 0.1;

  private final Config config;
  private final SpeechCorpus corpus;
  private final Wav2Vec2Config shape;

  private MaskedSpeech(Config config) {
    this.config = config;
    corpus =
        Shared.of(
            SpeechCorpus.class,
            config,
            SpeechKeys.data(),
            () ->
                SpeechSets.load(
                    config.get(SpeechKeys.DATA),
                    config.get(SpeechKeys.PATH),
                    config.get(SpeechKeys.RATE)));
    shape = shape(config);
  }

  private static int samples(Config config, Key<Double> seconds) {
    return (int) Math.round(config.get(seconds) * config.get(SpeechKeys.RATE));
  }

  private static Architecture architecture(Config config, Method method) {
    if (config.get(SpeechKeys.DATA).equals(SpeechKeys.DATA.defaultValue())) {
      // which says more of a rate than that the model's windows are too long for it
      SyntheticSpeech.requireRate(config.get(SpeechKeys.RATE));
    }
    return shape(config);
  }

  private static Wav2Vec2Config shape(Config config) {
    int samples = samples(config, SpeechKeys.SECONDS);
    Optional<Wav2Vec2Config.Preset> preset =
        Wav2Vec2Config.Preset.named(config.get(SpeechKeys.MODEL));
    Wav2Vec2Config.Order order =
        config.get(SpeechKeys.ORDER).equals("post")
            ? Wav2Vec2Config.Order.POST_NORM
            : Wav2Vec2Config.Order.PRE_NORM;
    Wav2Vec2Config.FeatureNorm featureNorm =
        config.get(SpeechKeys.FEATURE_NORM).equals("method")
            ? Wav2Vec2Config.FeatureNorm.METHOD
            : Wav2Vec2Config.FeatureNorm.LAYER_NORM;
    if (preset.isPresent()) {
      Wav2Vec2Config named = preset.get().of(samples);
      return named.with(named.context().order(), featureNorm);
    }
    int channels = config.get(SpeechKeys.CHANNELS);
    int width = config.get(Keys.WIDTH);
    double dropout = config.get(SpeechKeys.DROPOUT);
    return new Wav2Vec2Config(
        samples,
        new FeatureEncoderConfig(
            List.of(
                new FeatureEncoderConfig.Layer(channels, 10, 5),
                new FeatureEncoderConfig.Layer(channels, 3, 2),
                new FeatureEncoderConfig.Layer(channels, 3, 2),
                new FeatureEncoderConfig.Layer(channels, 2, 2),
                new FeatureEncoderConfig.Layer(channels, 2, 2)),
            FeatureEncoderConfig.Norm.GROUP,
            false),
        new Wav2Vec2Config.Context(
            width,
            config.get(Keys.DEPTH),
            config.get(Keys.HEADS),
            Checks.hidden(config.get(Keys.MLP_RATIO), width),
            config.get(SpeechKeys.POSITION_KERNEL),
            config.get(SpeechKeys.POSITION_GROUPS),
            order,
            featureNorm),
        new Wav2Vec2Config.Quantizer(
            config.get(SpeechKeys.CODE_GROUPS),
            config.get(SpeechKeys.CODE_ENTRIES),
            config.get(SpeechKeys.CODE_DIM)),
        config.get(SpeechKeys.FINAL_DIM),
        new SpanMask(config.get(SpeechKeys.MASK_SHARE), config.get(SpeechKeys.MASK_LENGTH), 2),
        config.get(SpeechKeys.NEGATIVES),
        new Wav2Vec2Config.Losses(
            Wav2Vec2Config.Losses.PUBLISHED.temperature(),
            config.get(SpeechKeys.DIVERSITY),
            config.get(SpeechKeys.PENALTY),
            Wav2Vec2Config.Losses.PUBLISHED.featureGradient()),
        new Wav2Vec2Config.Dropouts(
            dropout, dropout, dropout, dropout, config.get(SpeechKeys.LAYER_DROP)));
  }

  @Override
  public Network network(Method method, long seed) {
    return Wav2Vec2.build(shape, method, DataType.FLOAT, seed);
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(
        config.assignments(SpeechKeys.data()),
        new TreeMap<>(
            Map.of(
                "words", Fingerprint.ofClasses(corpus.words()),
                "speakers", Fingerprint.ofClasses(corpus.speakers()),
                "train", Fingerprint.ofSpeech(corpus.train()),
                "validation", Fingerprint.ofSpeech(corpus.validation()),
                "test", Fingerprint.ofSpeech(corpus.test()))));
  }

  @Override
  public BatchStream batches(long seed) {
    return crops(corpus.train(), seed);
  }

  private SpeechBatches crops(List<Clip> clips, long seed) {
    return new SpeechBatches(clips, config.get(SpeechKeys.BATCH), shape.samples(), seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return crops(corpus.validation(), HELD_OUT).first(VALIDATION_BATCHES);
  }

  @Override
  public Iterable<Batch> test() {
    return crops(corpus.test(), HELD_OUT).first(TEST_BATCHES);
  }

  @Override
  public Map<String, Double> chance() {
    double choices = shape.negatives() + 1;
    double word = 100.0 / corpus.words().size();
    return Map.of(
        "test_accuracy",
        100 / choices,
        "test_" + Wav2Vec2.BITS,
        Math.log(choices) / Math.log(2),
        WORD_PROBE,
        word,
        NEW_SPEAKER_PROBE,
        word,
        SPEAKER_PROBE,
        100.0 / corpus.speakers().size(),
        WORD_ERROR_RATE,
        100.0);
  }

  /** The quantizer's temperature falls by the same factor from step to step. */
  @Override
  public Company company(Run run) {
    double start = config.get(SpeechKeys.TEMPERATURE);
    double end = config.get(SpeechKeys.TEMPERATURE_END);
    double steps = Math.max(1, run.settings().steps() - 1);
    Schedule temperature = step -> start * StrictMath.pow(end / start, Math.min(1, step / steps));
    Source scheduled = new Scheduled(run.network(), Wav2Vec2.TEMPERATURE, temperature);
    return new Company() {
      @Override
      public List<Source> sources() {
        return List.of(scheduled);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    if (!config.get(SpeechKeys.JUDGE)) {
      return Map.of();
    }
    Map<String, INDArray> learned = Trainer.arrays(trainer.network());
    Map<String, Double> values = new LinkedHashMap<>();
    Map<String, Double> trained = probes(method, Optional.of(learned), executors);
    Map<String, Double> untrained = probes(method, Optional.empty(), executors);
    trained.forEach(
        (name, accuracy) -> {
          values.put(name, accuracy);
          values.put(UNTRAINED + name, untrained.get(name));
          values.put(name + GAIN, accuracy - untrained.get(name));
        });
    if (config.get(SpeechKeys.TUNE_STEPS) > 0) {
      double tuned = wordErrors(method, Optional.of(learned), executors);
      double scratch = wordErrors(method, Optional.empty(), executors);
      values.put(WORD_ERROR_RATE, tuned);
      values.put(UNTRAINED + WORD_ERROR_RATE, scratch);
      values.put(FEWER_ERRORS, tuned - scratch);
    }
    return values;
  }

  /** Accuracies of linear probes, in percent; those only that the recordings allow. */
  private Map<String, Double> probes(
      Method method, Optional<Map<String, INDArray>> learned, Executors executors) {
    Network network = Wav2Vec2.features(shape, method, DataType.FLOAT, config.get(Keys.SEED));
    learned.ifPresent(arrays -> Pretrained.into(network, arrays));
    List<Described> all = new ArrayList<>();
    try (GraphExecutor executor = executors.of(network.evaluation())) {
      describe(executor, corpus.train(), false, all);
      describe(executor, corpus.validation(), false, all);
      describe(executor, corpus.test(), true, all);
    }
    int words = corpus.words().size();
    int speakers = corpus.speakers().size();
    Map<String, Double> values = new LinkedHashMap<>();
    if (corpus.singleWords() && words > 1) {
      ToIntFunction<Clip> word = Clip::word;
      put(values, WORD_PROBE, probe(all, word, words, Described::test, executors));
      put(
          values,
          NEW_SPEAKER_PROBE,
          probe(
              all,
              word,
              words,
              clip -> clip.clip.speaker() % NEW_SPEAKERS == NEW_SPEAKERS - 1,
              executors));
    }
    if (speakers > 1) {
      put(values, SPEAKER_PROBE, probe(all, Clip::speaker, speakers, Described::test, executors));
    }
    return values;
  }

  private static void put(Map<String, Double> values, String name, Optional<Double> accuracy) {
    accuracy.ifPresent(value -> values.put(name, value));
  }

  /**
   * A recording and what the network says of it.
   *
   * @param clip the recording
   * @param test whether it is of the test part
   * @param vector the means over time of what the layers say
   */
  private record Described(Clip clip, boolean test, float... vector) {}

  /** Describes recordings, each said again and again until it fills a wave. */
  private void describe(
      GraphExecutor network, List<Clip> clips, boolean test, List<Described> into) {
    int samples = shape.samples();
    int width = (shape.context().depth() + 1) * shape.context().width();
    for (int from = 0; from < clips.size(); from += FEATURE_BATCH) {
      List<Clip> some = clips.subList(from, Math.min(clips.size(), from + FEATURE_BATCH));
      float[] waves = new float[some.size() * samples];
      for (int i = 0; i < waves.length; i++) {
        float[] clip = some.get(i / samples).samples();
        waves[i] = clip[i % samples % clip.length];
      }
      INDArray input = Nd4j.createFromArray(waves).reshape(some.size(), samples);
      float[] vectors =
          network
              .output(Map.of(Network.INPUT, input), List.of(Wav2Vec2.FEATURES))
              .get(Wav2Vec2.FEATURES)
              .dup('c')
              .data()
              .asFloat();
      for (int i = 0; i < some.size(); i++) {
        float[] vector = Arrays.copyOfRange(vectors, i * width, (i + 1) * width);
        into.add(new Described(some.get(i), test, vector));
      }
    }
  }

  /** Accuracy in percent; empty if there is nothing to learn from, or to be judged on. */
  private Optional<Double> probe(
      List<Described> all,
      ToIntFunction<Clip> label,
      int classes,
      Predicate<Described> judged,
      Executors executors) {
    List<Described> known = all.stream().filter(judged.negate()).toList();
    List<Described> judge = all.stream().filter(judged).toList();
    if (known.size() < 2 || judge.isEmpty()) {
      return Optional.empty();
    }
    LinearProbe probe =
        new LinearProbe(
            config.get(SpeechKeys.PROBE_RATE),
            config.get(SpeechKeys.PROBE_EPOCHS),
            PROBE_BATCH,
            config.get(Keys.SEED));
    return Optional.of(
        100
            * probe.accuracy(
                features(known, label), features(judge, label), classes, executors::of));
  }

  private static LinearProbe.Features features(List<Described> all, ToIntFunction<Clip> label) {
    int width = all.get(0).vector.length;
    float[] values = new float[all.size() * width];
    for (int i = 0; i < all.size(); i++) {
      System.arraycopy(all.get(i).vector, 0, values, i * width, width);
    }
    return new LinearProbe.Features(
        values, all.stream().mapToInt(one -> label.applyAsInt(one.clip)).toArray());
  }

  /** Errors a word said, in percent, after training on strings of words; 100 if it diverged. */
  private double wordErrors(
      Method method, Optional<Map<String, INDArray>> learned, Executors executors) {
    long seed = config.get(Keys.SEED);
    int symbols = corpus.words().size() + 1;
    Wav2Vec2Config strings = tuned();
    Network network =
        Wav2Vec2.recognizer(
            strings, symbols, config.get(SpeechKeys.TUNE_MASK), method, DataType.FLOAT, seed);
    learned.ifPresent(arrays -> Pretrained.into(network, arrays));
    Map<String, INDArray> parameters = Trainer.parameters(network);
    SpokenStrings train = strings(strings, told(seed), seed);
    long steps = config.get(SpeechKeys.TUNE_STEPS);
    double rate = config.get(SpeechKeys.TUNE_RATE);
    try (Runner runner = Runner.of(network, executors::of)) {
      Trainer trainer =
          new Trainer(
              runner,
              new AdamW(
                  parameters,
                  ParameterGroup.byRank(
                      parameters, config.get(Keys.WEIGHT_DECAY), config.get(Keys.DECAY_ALL))),
              new WarmupCosine(rate, 0, Math.round(TUNE_WARMUP * steps), steps),
              new TrainingSettings(seed, steps, train.stepsPerEpoch(), config.get(Keys.CLIP)),
              List.of(),
              List.of(),
              List.of());
      if (trainer.train(train.from(0)).status() == Outcome.Status.DIVERGED) {
        return 100;
      }
      WordErrors errors = WordErrors.NONE;
      for (Batch batch : strings(strings, corpus.test(), HELD_OUT).first(TEST_BATCHES)) {
        errors = errors.plus(heard(trainer, batch, symbols));
      }
      return 100 * errors.rate();
    }
  }

  /** The recordings whose words are told: the first of an order that the seed decides. */
  private List<Clip> told(long seed) {
    List<Clip> all = corpus.train();
    int[] order = new int[all.size()];
    Rng.of(seed, "labels", 0).permute(order);
    long count = Math.max(1, Math.round(config.get(SpeechKeys.TUNE_SHARE) * all.size()));
    return Arrays.stream(order).limit(count).mapToObj(all::get).toList();
  }

  /** The network for strings: the convolutions are trained like the rest, nothing is dropped. */
  private Wav2Vec2Config tuned() {
    Wav2Vec2Config.Losses whole =
        new Wav2Vec2Config.Losses(shape.objective().temperature(), 0, 0, 1);
    return new Wav2Vec2Config(
        samples(config, SpeechKeys.TUNE_SECONDS),
        shape.encoder(),
        shape.context(),
        shape.quantizer(),
        shape.finalDim(),
        shape.mask(),
        shape.negatives(),
        whole,
        Wav2Vec2Config.Dropouts.NONE);
  }

  private SpokenStrings strings(Wav2Vec2Config network, List<Clip> clips, long seed) {
    SpokenStrings.Shape size =
        new SpokenStrings.Shape(
            config.get(SpeechKeys.BATCH),
            network.samples(),
            corpus.rate(),
            config.get(SpeechKeys.TUNE_WORDS));
    return new SpokenStrings(clips, size, network.encoder()::frames, seed);
  }

  private static WordErrors heard(Trainer trainer, Batch batch, int symbols) {
    INDArray logits = trainer.outputs(batch, List.of(Network.LOGITS)).get(Network.LOGITS);
    float[] all = logits.dup('c').data().asFloat();
    int frames = (int) logits.size(1);
    int[] targets = batch.integers(Network.TARGETS);
    int[] lengths = batch.integers(Network.LENGTHS);
    int[] counted = batch.integers(Network.FRAMES);
    int longest = targets.length / batch.size();
    WordErrors errors = WordErrors.NONE;
    for (int row = 0; row < batch.size(); row++) {
      int first = row * longest;
      List<Integer> said =
          IntStream.range(first, first + lengths[row]).mapToObj(i -> targets[i]).toList();
      List<Integer> heard =
          CtcGreedy.read(all, row * frames * symbols, counted[row], symbols, Wav2Vec2.BLANK);
      errors = errors.plus(WordErrors.of(said, heard));
    }
    return errors;
  }
}
