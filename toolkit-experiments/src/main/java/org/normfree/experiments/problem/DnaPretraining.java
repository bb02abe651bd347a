package org.normfree.experiments.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.dna.Confusion;
import org.normfree.core.data.dna.Genome;
import org.normfree.core.data.dna.GenomeBatches;
import org.normfree.core.data.dna.GenomeEvaluation;
import org.normfree.core.data.dna.LabelledBatches;
import org.normfree.core.data.dna.LabelledDna;
import org.normfree.core.data.dna.LabelledEvaluation;
import org.normfree.core.data.dna.MarkovModel;
import org.normfree.core.data.dna.Nucleotides;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Pretrained;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DnaKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/**
 * Guessing the bases of a genome, the next one or masked ones, and at the end classifying sequences
 * with what was learned and from scratch.
 */
public final class DnaPretraining implements Problem {
  /** Whether the model is judged. */
  public static final Key<Boolean> JUDGE =
      Key.flag("judge", true, "classify with the model at the end, and with an untrained one");

  /** Epochs of fine-tuning. */
  public static final Key<Integer> TUNE_EPOCHS =
      Key.integer("tune.epochs", 6, Range.any().atLeast(1), "epochs of classifying");

  /** Rate of fine-tuning. */
  public static final Key<Double> TUNE_RATE =
      Key.decimal("tune.lr", 2e-3, Range.any().above(0), "learning rate of classifying");

  /** Sequences a step of fine-tuning. */
  public static final Key<Integer> TUNE_BATCH =
      Key.integer("tune.batch", 64, Range.any().atLeast(1), "sequences a step of classifying");

  /** Orders of the models of plain counts. */
  static final int HIGHEST_ORDER = 6;

  private static final double LEAST_SHARE = 0.1;
  private static final double TUNE_WARMUP = 0.05;

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              DnaKeys.genome(),
              List.of(DnaKeys.LENGTH),
              DnaKeys.labels(),
              DnaKeys.model(),
              Keys.methodOptions(),
              DnaKeys.training(),
              List.of(DnaKeys.DECAY_GAINS, JUDGE, TUNE_EPOCHS, TUNE_RATE, TUNE_BATCH),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(DnaKeys.BATCH, 16)
          .withDefault(Keys.EPOCHS, 10)
          .withDefault(Keys.LEARNING_RATE, 2e-3)
          .withDefault(Keys.MIN_LEARNING_RATE, 1e-4)
          .withDefault(Keys.WARMUP, 1.0)
          .withDefault(Keys.BETA2, 0.95)
          .withDefault(Keys.WEIGHT_DECAY, 0.1)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EVAL_EVERY, 5)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "pretrain-dna",
          KEYS,
          DnaPretraining::new,
          (config, method) -> new DnaModel(config).architecture(config.get(DnaKeys.LENGTH), 0));

  private final Config config;
  private final DnaModel model;
  private final Genome.Splits genome;
  private final LabelledDna.Splits labelled;

  private DnaPretraining(Config config) {
    this.config = config;
    model = new DnaModel(config);
    genome = DnaSets.genome(config);
    labelled = DnaSets.labelled(config);
  }

  @Override
  public Network network(Method method, long seed) {
    return network(method, DataType.FLOAT, seed);
  }

  private Network network(Method method, DataType type, long seed) {
    return model.languageModel(config.get(DnaKeys.LENGTH), method, type, seed);
  }

  @Override
  public DataIdentity data() {
    TreeMap<String, DataIdentity.Part> parts =
        new TreeMap<>(DnaClassification.fingerprints(labelled));
    parts.put("train", Fingerprint.of(genome.train()));
    parts.put("validation", Fingerprint.of(genome.validation()));
    parts.put("test", Fingerprint.of(genome.test()));
    List<Key<?>> keys = Schema.of(DnaKeys.genome(), DnaKeys.labels()).keys();
    return new DataIdentity(config.assignments(keys), parts);
  }

  @Override
  public BatchStream batches(long seed) {
    return new GenomeBatches(
        genome.train(),
        model.task(),
        config.get(DnaKeys.BATCH),
        config.get(DnaKeys.LENGTH),
        model.eitherStrand(),
        seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return evaluation(genome.validation());
  }

  @Override
  public Iterable<Batch> test() {
    return evaluation(genome.test());
  }

  private Iterable<Batch> evaluation(Genome part) {
    return new GenomeEvaluation(
        part, model.task(), config.get(DnaKeys.BATCH), config.get(DnaKeys.LENGTH));
  }

  @Override
  public Optimization optimization(Optimization usual, TrainingSettings settings) {
    return new Optimization(usual.learningRate(), model.decaying(usual.groups()));
  }

  /** Perplexity of a base. */
  @Override
  public Map<String, Double> scores(Evaluation evaluation) {
    return Map.of("perplexity", Math.exp(evaluation.value(Network.LOSS)));
  }

  @Override
  public Map<String, Double> chance() {
    double bases = 4;
    double guessed = 100.0 / labelled.train().classes();
    return Map.of(
        "validation_loss",
        Math.log(bases),
        "test_loss",
        Math.log(bases),
        "validation_perplexity",
        bases,
        "test_perplexity",
        bases,
        "test_tuned_accuracy",
        guessed,
        "test_tuned_matthews",
        0.0);
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    Map<String, Double> values = new LinkedHashMap<>();
    double counted = counted(values);
    double loss = trainer.evaluate("test", test()).value(Network.LOSS);
    values.put("test_over_counting", loss - counted);
    if (model.bothWays()) {
      values.put("test_strand_difference", strandDifference(trainer, method, executors));
    }
    if (!config.get(JUDGE)) {
      return values;
    }
    values.putAll(DnaClassification.baselines(labelled, config));
    Map<String, INDArray> learned = Trainer.arrays(trainer.network());
    Confusion tuned = classified(method, Optional.of(learned), executors);
    Confusion scratch = classified(method, Optional.empty(), executors);
    values.put("test_tuned_accuracy", tuned.accuracy());
    values.put("test_tuned_matthews", tuned.matthews());
    values.put("test_scratch_accuracy", scratch.accuracy());
    values.put("test_scratch_matthews", scratch.matthews());
    values.put("test_tuned_gain", tuned.accuracy() - scratch.accuracy());
    values.put("test_over_strings", tuned.accuracy() - values.get("test_string_accuracy"));
    return values;
  }

  /** What models of counts lose on the test part; the loss of the one that validation chooses. */
  private double counted(Map<String, Double> values) {
    double best = Double.POSITIVE_INFINITY;
    double chosen = 0;
    for (int order = 0; order <= HIGHEST_ORDER; order++) {
      MarkovModel counts = new MarkovModel(genome.train(), order);
      double validation = loss(counts, genome.validation());
      double test = loss(counts, genome.test());
      values.put("test_markov" + order + "_perplexity", Math.exp(test));
      if (validation < best) {
        best = validation;
        chosen = test;
      }
    }
    values.put("test_markov_perplexity", Math.exp(chosen));
    return chosen;
  }

  private double loss(MarkovModel counts, Genome part) {
    return model.bothWays() ? counts.maskedLoss(part) : counts.nextLoss(part);
  }

  /**
   * The largest difference between guesses of a sequence and those of its reverse complement turned
   * round, of the trained network in DOUBLE on the first windows of the test part.
   */
  private double strandDifference(Trainer trainer, Method method, Executors executors) {
    Network precise = network(method, DataType.DOUBLE, config.get(Keys.SEED));
    Map<String, INDArray> learned = Trainer.arrays(trainer.network());
    Trainer.arrays(precise)
        .forEach((name, array) -> array.assign(learned.get(name).castTo(DataType.DOUBLE)));
    Batch batch = test().iterator().next();
    int length = config.get(DnaKeys.LENGTH);
    int[] input = batch.integers(Network.INPUT);
    int[] other = new int[input.length];
    for (int i = 0; i < input.length; i++) {
      int row = i / length * length;
      other[i] = Nucleotides.complement().get(input[row + length - 1 - i % length]);
    }
    Network evaluated = precise.evaluation();
    try (GraphExecutor executor = executors.of(evaluated)) {
      double[] own = logits(executor, batch.size(), input);
      double[] turned = logits(executor, batch.size(), other);
      double most = 0;
      int tokens = Nucleotides.VOCABULARY;
      for (int i = 0; i < own.length; i++) {
        int place = i / tokens;
        int row = place / length * length;
        int there = row + length - 1 - place % length;
        int token = Nucleotides.complement().get(i % tokens);
        most = Math.max(most, Math.abs(own[i] - turned[there * tokens + token]));
      }
      return most;
    }
  }

  private static double[] logits(GraphExecutor executor, long rows, int[] input) {
    Map<String, INDArray> in = Map.of(Network.INPUT, Nd4j.createFromArray(input).reshape(rows, -1));
    INDArray logits = executor.output(in, List.of(Network.LOGITS)).get(Network.LOGITS);
    return logits.dup('c').data().asDouble();
  }

  /** What a classifier takes the test sequences for; one that diverged says always the same. */
  private Confusion classified(
      Method method, Optional<Map<String, INDArray>> learned, Executors executors) {
    long seed = config.get(Keys.SEED);
    LabelledDna train = labelled.train();
    LabelledDna test = labelled.test();
    int length = DnaClassification.length(labelled);
    int batch = config.get(TUNE_BATCH);
    Network classifier = model.classifier(length, train.classes(), method, DataType.FLOAT, seed);
    learned.ifPresent(arrays -> Pretrained.into(classifier, arrays));
    Map<String, INDArray> parameters = Trainer.parameters(classifier);
    List<ParameterGroup> groups =
        ParameterGroup.exempting(
            ParameterGroup.byRank(
                parameters, config.get(Keys.WEIGHT_DECAY), config.get(Keys.DECAY_ALL)),
            classifier.undecayed());
    LabelledBatches batches = new LabelledBatches(train, batch, length, model.eitherStrand(), seed);
    long steps = (long) batches.stepsPerEpoch() * config.get(TUNE_EPOCHS);
    double rate = config.get(TUNE_RATE);
    try (Runner runner = Runner.of(classifier, executors::of)) {
      Trainer trainer =
          new Trainer(
              runner,
              new AdamW(parameters, model.decaying(groups)),
              new WarmupCosine(rate, LEAST_SHARE * rate, Math.round(TUNE_WARMUP * steps), steps),
              new TrainingSettings(seed, steps, batches.stepsPerEpoch(), config.get(Keys.CLIP)),
              List.of(),
              List.of(),
              List.of());
      boolean diverged = trainer.train(batches.from(0)).status() == Outcome.Status.DIVERGED;
      int[] guesses =
          diverged
              ? new int[test.count()]
              : DnaClassification.guesses(trainer, new LabelledEvaluation(test, batch, length));
      return Confusion.of(test.labels(), guesses, test.classes());
    }
  }
}
