package org.normfree.experiments.problem;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.dna.Confusion;
import org.normfree.core.data.dna.LabelledBatches;
import org.normfree.core.data.dna.LabelledDna;
import org.normfree.core.data.dna.LabelledEvaluation;
import org.normfree.core.data.dna.LinearBaseline;
import org.normfree.core.data.dna.PlantedMotifs;
import org.normfree.core.method.Method;
import org.normfree.core.nn.Network;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DnaKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/** Classifying sequences of DNA, from scratch. */
public final class DnaClassification implements Problem {
  /** Length of the strings that the linear baseline counts. */
  static final int STRING = 4;

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              DnaKeys.labels(),
              DnaKeys.model(),
              Keys.methodOptions(),
              DnaKeys.training(),
              List.of(DnaKeys.DECAY_GAINS),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.EPOCHS, 8)
          .withDefault(Keys.LEARNING_RATE, 2e-3)
          .withDefault(Keys.WARMUP, 1.0)
          .withDefault(Keys.WEIGHT_DECAY, 0.1)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EVAL_EVERY, 2)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "classify-dna",
          KEYS,
          DnaClassification::new,
          (config, method) -> {
            LabelledDna.Splits data = DnaSets.labelled(config);
            return new DnaModel(config).architecture(length(data), data.train().classes());
          });

  private final Config config;
  private final DnaModel model;
  private final LabelledDna.Splits data;

  private DnaClassification(Config config) {
    this.config = config;
    model = new DnaModel(config);
    data = DnaSets.labelled(config);
  }

  @Override
  public Network network(Method method, long seed) {
    return model.classifier(length(data), data.train().classes(), method, DataType.FLOAT, seed);
  }

  /** Tokens of all sequences: as many as the longest has bases. */
  static int length(LabelledDna.Splits data) {
    return parts(data).mapToInt(LabelledDna::longest).max().orElseThrow();
  }

  private static Stream<LabelledDna> parts(LabelledDna.Splits data) {
    return Stream.of(data.train(), data.validation(), data.test());
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(
        config.assignments(DnaKeys.labels()), new TreeMap<>(fingerprints(data)));
  }

  static Map<String, DataIdentity.Part> fingerprints(LabelledDna.Splits data) {
    Map<String, DataIdentity.Part> parts = new TreeMap<>();
    parts.put("labelled classes", Fingerprint.ofClasses(data.train().classNames()));
    parts.put("labelled train", Fingerprint.of(data.train()));
    parts.put("labelled validation", Fingerprint.of(data.validation()));
    parts.put("labelled test", Fingerprint.of(data.test()));
    return parts;
  }

  @Override
  public BatchStream batches(long seed) {
    return new LabelledBatches(
        data.train(), config.get(DnaKeys.BATCH), length(data), model.eitherStrand(), seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return new LabelledEvaluation(data.validation(), config.get(DnaKeys.BATCH), length(data));
  }

  @Override
  public Iterable<Batch> test() {
    return new LabelledEvaluation(data.test(), config.get(DnaKeys.BATCH), length(data));
  }

  @Override
  public Optimization optimization(Optimization usual, TrainingSettings settings) {
    return new Optimization(usual.learningRate(), model.decaying(usual.groups()));
  }

  @Override
  public Map<String, Double> chance() {
    double guessed = 100.0 / data.train().classes();
    double loss = Math.log(data.train().classes());
    return Map.of(
        "validation_accuracy",
        guessed,
        "test_accuracy",
        guessed,
        "validation_loss",
        loss,
        "test_loss",
        loss,
        "test_matthews",
        0.0);
  }

  @Override
  public Map<String, double[]> items(Trainer trainer) {
    int[] guesses = guesses(trainer, test());
    int[] wanted = data.test().labels();
    return Map.of(
        "test_accuracy",
        IntStream.range(0, wanted.length)
            .mapToDouble(i -> guesses[i] == wanted[i] ? 100 : 0)
            .toArray());
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    Map<String, Double> values = new TreeMap<>(baselines(data, config));
    LabelledDna test = data.test();
    Confusion confusion = Confusion.of(test.labels(), guesses(trainer, test()), test.classes());
    values.put("test_matthews", confusion.matthews());
    values.put("test_over_strings", confusion.accuracy() - values.get("test_string_accuracy"));
    return values;
  }

  /** The classes that a network takes sequences for. */
  static int[] guesses(Trainer trainer, Iterable<Batch> sequences) {
    IntStream.Builder all = IntStream.builder();
    for (Batch batch : sequences) {
      INDArray logits = trainer.outputs(batch, List.of(Network.LOGITS)).get(Network.LOGITS);
      for (int guess : logits.argMax(1).toIntVector()) {
        all.add(guess);
      }
    }
    return all.build().toArray();
  }

  /** What linear models get right, what is right if always the same is said, and what can be. */
  static Map<String, Double> baselines(LabelledDna.Splits data, Config config) {
    LabelledDna test = data.test();
    int[] truth = test.labels();
    int classes = test.classes();
    Map<String, Double> values = new TreeMap<>();
    Confusion strings =
        Confusion.of(truth, LinearBaseline.byCounts(data.train(), test, STRING), classes);
    values.put("test_string_accuracy", strings.accuracy());
    values.put("test_string_matthews", strings.matthews());
    Confusion places = Confusion.of(truth, LinearBaseline.byPlace(data.train(), test), classes);
    values.put("test_place_accuracy", places.accuracy());
    values.put("test_place_matthews", places.matthews());
    double most =
        IntStream.range(0, classes)
            .mapToLong(c -> IntStream.of(truth).filter(label -> label == c).count())
            .max()
            .orElseThrow();
    values.put("test_majority_accuracy", 100 * most / truth.length);
    if (config.get(DnaKeys.LABELS).equals("planted")) {
      int[] answers = test.sequences().stream().mapToInt(PlantedMotifs::answer).toArray();
      values.put("test_best_accuracy", Confusion.of(truth, answers, classes).accuracy());
    }
    return values;
  }
}
