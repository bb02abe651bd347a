package org.normfree.experiments.problem;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.text.AlignedFiles;
import org.normfree.core.data.text.Bleu;
import org.normfree.core.data.text.EncodedPairs;
import org.normfree.core.data.text.Numbers;
import org.normfree.core.data.text.Overlong;
import org.normfree.core.data.text.PairBatches;
import org.normfree.core.data.text.PairEvaluation;
import org.normfree.core.data.text.ParallelCorpus;
import org.normfree.core.data.text.SentencePair;
import org.normfree.core.data.text.TabSeparated;
import org.normfree.core.data.text.TextScores;
import org.normfree.core.data.text.Tokenizer;
import org.normfree.core.data.text.Tokenizers;
import org.normfree.core.decode.BeamSearch;
import org.normfree.core.decode.CachedContinuation;
import org.normfree.core.decode.Continuation;
import org.normfree.core.decode.GreedySearch;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.IncrementalGraph;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.run.TestItems;
import org.normfree.experiments.training.Problem;

/** Translating sentences with an encoder–decoder Transformer. */
public final class Translating implements Problem {
  /** What decides on sentences and tokenizer. */
  private static final List<Key<?>> DATA =
      List.of(
          TextKeys.PAIRS,
          TextKeys.PATH,
          TextKeys.HEADER,
          TextKeys.SOURCE,
          TextKeys.TARGET,
          TextKeys.COUNT,
          TextKeys.LARGEST,
          TextKeys.TOKENIZER,
          TextKeys.VOCABULARY,
          TextKeys.MAX_LENGTH,
          TextKeys.OVERLONG);

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              DATA,
              List.of(TextKeys.BATCH_TOKENS),
              List.of(
                  Keys.WIDTH.withDefault(64),
                  Keys.DEPTH.withDefault(3),
                  TextKeys.DECODER_DEPTH,
                  Keys.HEADS.withDefault(4),
                  Keys.MLP_RATIO.withDefault(2.0),
                  TextKeys.DROPOUT,
                  TextKeys.TIED,
                  TextKeys.BEAMS,
                  TextKeys.DECODE),
              Keys.methodOptions(),
              Keys.training().stream()
                  .filter(key -> !Keys.imagesOnly().contains(key))
                  .map(Translating::defaults)
                  .toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "translate",
          KEYS,
          Translating::new,
          (config, method) -> shape(config, TextKeys.leastVocabulary(config)));

  private static final int RESAMPLES = 1000;

  private final Config config;
  private final Sentences sentences;

  /** Of each test sentence whether it was translated to the letter, 100 or 0, once it was. */
  private double[] exact = new double[0];

  private static Key<?> defaults(Key<?> key) {
    return key == Keys.EPOCHS
        ? Keys.EPOCHS.withDefault(15)
        : key == Keys.WARMUP
            ? Keys.WARMUP.withDefault(1.0)
            : key == Keys.BETA2
                ? Keys.BETA2.withDefault(0.98)
                : key == Keys.EVAL_EVERY ? Keys.EVAL_EVERY.withDefault(3) : key;
  }

  /** The sentences of the three parts, and what was made of the first to read them. */
  private record Sentences(
      Tokenizer tokenizer, EncodedPairs train, EncodedPairs validation, EncodedPairs test) {}

  private Translating(Config config) {
    this.config = config;
    sentences = Shared.of(Sentences.class, config, DATA, () -> sentences(config));
  }

  private static Sentences sentences(Config config) {
    ParallelCorpus corpus = corpus(config);
    Tokenizer tokenizer =
        Tokenizers.train(
            config.get(TextKeys.TOKENIZER),
            corpus.trainingTexts(),
            config.get(TextKeys.VOCABULARY));
    return new Sentences(
        tokenizer,
        encoded(corpus.train(), tokenizer, config),
        encoded(corpus.validation(), tokenizer, config),
        encoded(corpus.test(), tokenizer, config));
  }

  private static ParallelCorpus corpus(Config config) {
    String source = config.get(TextKeys.SOURCE);
    String target = config.get(TextKeys.TARGET);
    String data = config.get(TextKeys.PAIRS);
    return switch (data) {
      case "numbers" -> {
        if (source.equals(target)) {
          throw new InputException(
              "source=%s and target=%s are the same, so there is nothing to translate; name two languages"
                  .formatted(source, target));
        }
        yield Numbers.load(
            source, target, config.get(TextKeys.COUNT), config.get(TextKeys.LARGEST));
      }
      case "aligned" -> AlignedFiles.load(path(config, data), source, target);
      default -> TabSeparated.load(path(config, data), config.get(TextKeys.HEADER));
    };
  }

  private static Path path(Config config, String data) {
    return config
        .get(TextKeys.PATH)
        .orElseThrow(
            () ->
                new InputException(
                    "data=%s needs data.path, the place of the corpus; or use data=numbers"
                        .formatted(data)));
  }

  private static EncodedPairs encoded(
      List<SentencePair> pairs, Tokenizer tokenizer, Config config) {
    Overlong overlong = Overlong.valueOf(config.get(TextKeys.OVERLONG).toUpperCase(Locale.ROOT));
    return new EncodedPairs(pairs, tokenizer, tokenizer, config.get(TextKeys.MAX_LENGTH), overlong);
  }

  private static TransformerConfig shape(Config config, int vocabulary) {
    int width = config.get(Keys.WIDTH);
    int depth = config.get(Keys.DEPTH);
    int decoderDepth = config.get(TextKeys.DECODER_DEPTH);
    return new TransformerConfig(
        vocabulary,
        width,
        depth,
        decoderDepth == 0 ? depth : decoderDepth,
        config.get(Keys.HEADS),
        Checks.hidden(config.get(Keys.MLP_RATIO), width),
        config.get(TextKeys.MAX_LENGTH),
        FeedForward.RELU,
        config.get(TextKeys.TIED),
        config.get(TextKeys.DROPOUT),
        config.get(Keys.LABEL_SMOOTHING));
  }

  @Override
  public Network network(Method method, long seed) {
    return Transformer.build(
        shape(config, sentences.tokenizer().size()), method, DataType.FLOAT, seed);
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(
        config.assignments(DATA),
        new TreeMap<>(
            Map.of(
                "tokenizer", Fingerprint.of(sentences.tokenizer()),
                "train", Fingerprint.of(sentences.train().pairs()),
                "validation", Fingerprint.of(sentences.validation().pairs()),
                "test", Fingerprint.of(sentences.test().pairs()))));
  }

  @Override
  public BatchStream batches(long seed) {
    return new PairBatches(sentences.train(), config.get(TextKeys.BATCH_TOKENS), seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return new PairEvaluation(sentences.validation(), evaluationTokens());
  }

  @Override
  public PairEvaluation test() {
    return new PairEvaluation(sentences.test(), evaluationTokens());
  }

  /** No backward pass: four times the tokens of a step need no more memory than a step. */
  private int evaluationTokens() {
    return 4 * config.get(TextKeys.BATCH_TOKENS);
  }

  /** Translates the test split, scores it and writes it down. */
  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    if (!config.get(TextKeys.DECODE)) {
      return Map.of();
    }
    AtomicFile.write(directory.file("tokenizer.json"), sentences.tokenizer().toJson());
    String[] outputs = new String[sentences.test().count()];
    TransformerConfig shape = shape(config, sentences.tokenizer().size());
    Network encoding = Transformer.encoding(shape, method);
    IncrementalGraph step = Transformer.incremental(shape, method);
    CachedContinuation.adopt(encoding, trainer.network());
    CachedContinuation.adopt(step.network(), trainer.network());
    List<String> names =
        step.memories().stream().flatMap(m -> Stream.of(m.key(), m.value())).toList();
    PairEvaluation batches = test();
    try (GraphExecutor encoder = executors.of(encoding);
        GraphExecutor stepping = executors.of(step.network())) {
      for (int index = 0; index < batches.count(); index++) {
        Batch batch = batches.batch(index);
        Map<String, INDArray> sources = Feeds.arrays(batch, encoding);
        Map<String, INDArray> memories = new HashMap<>(encoder.output(sources, names));
        memories.put(Network.INPUT_MASK, sources.get(Network.INPUT_MASK));
        int[][] tokens = search(new CachedContinuation(step, stepping, memories, batch.size()));
        int[] pairs = batches.pairs(index);
        for (int row = 0; row < pairs.length; row++) {
          outputs[pairs[row]] = sentences.tokenizer().decode(tokens[row]);
        }
      }
    }
    return scored(List.of(outputs), directory);
  }

  private int[][] search(Continuation continuation) {
    int most = config.get(TextKeys.MAX_LENGTH) - 1;
    int beams = config.get(TextKeys.BEAMS);
    return beams == 1
        ? new GreedySearch(Tokenizer.BOS, Tokenizer.EOS, most).run(continuation)
        : new BeamSearch(Tokenizer.BOS, Tokenizer.EOS, most, beams, 1).run(continuation);
  }

  /** A run that diverged translates nothing, and knows no token better than any other. */
  @Override
  public Map<String, Double> chance() {
    return Map.of(
        "test_exact_match",
        0.0,
        TestItems.BLEU,
        0.0,
        "validation_accuracy",
        0.0,
        "test_accuracy",
        0.0,
        "validation_loss",
        Math.log(sentences.tokenizer().size()),
        "test_loss",
        Math.log(sentences.tokenizer().size()));
  }

  @Override
  public Map<String, double[]> items(Trainer trainer) {
    return exact.length == 0 ? Map.of() : Map.of("test_exact_match", exact.clone());
  }

  private Map<String, Double> scored(List<String> outputs, RunDirectory directory) {
    List<String> references = sentences.test().pairs().stream().map(SentencePair::target).toList();
    List<String> lines = new ArrayList<>(List.of("source\treference\ttranslation"));
    for (int i = 0; i < outputs.size(); i++) {
      SentencePair pair = sentences.test().pairs().get(i);
      lines.add(
          Stream.of(pair.source(), pair.target(), outputs.get(i))
              .map(text -> text.replaceAll("\\s", " ")) // a tab would be a column, a CR a line
              .collect(Collectors.joining("\t")));
    }
    byte[] table = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(directory.file(TestItems.TRANSLATIONS), table);
    exact =
        IntStream.range(0, outputs.size())
            .mapToDouble(i -> outputs.get(i).equals(references.get(i)) ? 100 : 0)
            .toArray();
    Map<String, Double> values = new HashMap<>();
    values.put("test_exact_match", 100 * TextScores.exactMatch(outputs, references));
    if (Bleu.corpus(references, references).hasAllOrders()) { // numbers in German are single words
      values.put(TestItems.BLEU, Bleu.corpus(outputs, references).score());
      Bleu.Interval interval =
          Bleu.bootstrap(Bleu.sentences(outputs, references), RESAMPLES, config.get(Keys.SEED));
      values.put("test_bleu_low", interval.low());
      values.put("test_bleu_high", interval.high());
    }
    return values;
  }
}
