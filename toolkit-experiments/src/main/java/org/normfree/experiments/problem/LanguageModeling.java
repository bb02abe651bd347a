package org.normfree.experiments.problem;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.text.Glosses;
import org.normfree.core.data.text.LanguageModelBatches;
import org.normfree.core.data.text.LanguageModelEvaluation;
import org.normfree.core.data.text.MaskedBatches;
import org.normfree.core.data.text.MaskedEvaluation;
import org.normfree.core.data.text.PlainText;
import org.normfree.core.data.text.TextCorpus;
import org.normfree.core.data.text.TextScores;
import org.normfree.core.data.text.Tokenizer;
import org.normfree.core.data.text.Tokenizers;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.model.text.EncoderConfig;
import org.normfree.core.model.text.TextEncoder;
import org.normfree.core.nn.Network;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/** Predicting the next token of a text with a decoder, or masked ones with an encoder. */
public final class LanguageModeling implements Problem {
  /** The architecture. */
  public static final Key<String> ARCHITECTURE =
      Key.choice(
          "model",
          "llama",
          () -> List.of("llama", "gpt", "encoder"),
          "llama: rotary positions, SwiGLU, no biases; gpt: learned positions, GELU, biases, tied; encoder: guesses masked tokens from both sides");

  /** What decides on text and tokenizer. */
  private static final List<Key<?>> DATA =
      List.of(
          TextKeys.CORPUS,
          TextKeys.PATH,
          TextKeys.CHARACTERS,
          TextKeys.TOKENIZER,
          TextKeys.VOCABULARY.withDefault(512));

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              DATA,
              List.of(
                  TextKeys.MAX_LENGTH,
                  TextKeys.BATCH_TOKENS,
                  ARCHITECTURE,
                  Keys.WIDTH.withDefault(64),
                  Keys.DEPTH,
                  Keys.HEADS.withDefault(4)),
              Keys.methodOptions(),
              Keys.training().stream()
                  .filter(key -> !Keys.imagesOnly().contains(key) && key != Keys.LABEL_SMOOTHING)
                  .map(LanguageModeling::defaults)
                  .toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind("model-language", KEYS, LanguageModeling::new, LanguageModeling::architecture);

  private final Config config;
  private final Text read;

  private static Key<?> defaults(Key<?> key) {
    return key == Keys.EPOCHS
        ? Keys.EPOCHS.withDefault(3)
        : key == Keys.WARMUP
            ? Keys.WARMUP.withDefault(0.2)
            : key == Keys.BETA2
                ? Keys.BETA2.withDefault(0.95)
                : key == Keys.CLIP ? Keys.CLIP.withDefault(1.0) : key;
  }

  /** A text, and what was made of it to read it. */
  private record Text(TextCorpus corpus, Tokenizer tokenizer, int[] training) {}

  private LanguageModeling(Config config) {
    this.config = config;
    read = Shared.of(Text.class, config, DATA, () -> text(config));
  }

  private static void requireWindow(Config config) {
    if (config.get(TextKeys.BATCH_TOKENS) < config.get(TextKeys.MAX_LENGTH)) {
      throw new InputException(
          "batch.tokens=%s holds no window of max.length=%s tokens; raise the one or lower the other"
              .formatted(config.get(TextKeys.BATCH_TOKENS), config.get(TextKeys.MAX_LENGTH)));
    }
  }

  private static Text text(Config config) {
    TextCorpus corpus = corpus(config);
    Tokenizer tokenizer =
        Tokenizers.train(
            config.get(TextKeys.TOKENIZER),
            List.of(corpus.train()),
            config.get(TextKeys.VOCABULARY));
    return new Text(corpus, tokenizer, tokenizer.encode(corpus.train()));
  }

  private static TextCorpus corpus(Config config) {
    TextCorpus whole =
        config.get(TextKeys.CORPUS).equals("glosses")
            ? Glosses.load()
            : PlainText.load(
                config
                    .get(TextKeys.PATH)
                    .orElseThrow(
                        () ->
                            new InputException(
                                "data=plain needs data.path, a text file; or use data=glosses")));
    int characters = config.get(TextKeys.CHARACTERS);
    if (characters == 0 || characters >= whole.train().length()) {
      return whole;
    }
    int held = Math.max(1, characters / 20);
    return new TextCorpus(
        beginning(whole.train(), characters),
        beginning(whole.validation(), held),
        beginning(whole.test(), held));
  }

  /** The first characters, whole lines if there are any. */
  private static String beginning(String text, int characters) {
    int end = Math.min(text.length(), characters);
    int line = text.lastIndexOf('\n', end - 1);
    return text.substring(0, line < 0 ? end : line + 1);
  }

  private int rows() {
    return config.get(TextKeys.BATCH_TOKENS) / config.get(TextKeys.MAX_LENGTH);
  }

  @Override
  public Network network(Method method, long seed) {
    int vocabulary = read.tokenizer().size();
    return masked(config)
        ? TextEncoder.build(encoder(config, vocabulary), method, DataType.FLOAT, seed)
        : DecoderLm.build(decoder(config, vocabulary), method, DataType.FLOAT, seed);
  }

  private static Architecture architecture(Config config, Method method) {
    requireWindow(config);
    int vocabulary = TextKeys.leastVocabulary(config);
    return masked(config) ? encoder(config, vocabulary) : decoder(config, vocabulary);
  }

  private static EncoderConfig encoder(Config config, int vocabulary) {
    int width = config.get(Keys.WIDTH);
    return new EncoderConfig(
        vocabulary,
        width,
        config.get(Keys.DEPTH),
        config.get(Keys.HEADS),
        2 * width,
        config.get(TextKeys.MAX_LENGTH),
        FeedForward.RELU,
        0,
        0);
  }

  private static DecoderLmConfig decoder(Config config, int vocabulary) {
    int width = config.get(Keys.WIDTH);
    int depth = config.get(Keys.DEPTH);
    int heads = config.get(Keys.HEADS);
    int length = config.get(TextKeys.MAX_LENGTH);
    return config.get(ARCHITECTURE).equals("llama")
        ? DecoderLmConfig.llama(vocabulary, width, depth, heads, length)
        : DecoderLmConfig.gpt(vocabulary, width, depth, heads, length);
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(
        config.assignments(DATA),
        new TreeMap<>(
            Map.of(
                "tokenizer", Fingerprint.of(read.tokenizer()),
                "train", Fingerprint.of(read.corpus().train()),
                "validation", Fingerprint.of(read.corpus().validation()),
                "test", Fingerprint.of(read.corpus().test()))));
  }

  @Override
  public BatchStream batches(long seed) {
    int length = config.get(TextKeys.MAX_LENGTH);
    return masked(config)
        ? new MaskedBatches(read.training(), read.tokenizer().size(), rows(), length, seed)
        : new LanguageModelBatches(read.training(), rows(), length, seed);
  }

  private static boolean masked(Config config) {
    return config.get(ARCHITECTURE).equals("encoder");
  }

  @Override
  public Iterable<Batch> validation() {
    return evaluation(read.corpus().validation());
  }

  @Override
  public Iterable<Batch> test() {
    return evaluation(read.corpus().test());
  }

  private Iterable<Batch> evaluation(String text) {
    int length = config.get(TextKeys.MAX_LENGTH);
    int[] tokens = read.tokenizer().encode(text);
    return masked(config)
        ? new MaskedEvaluation(tokens, read.tokenizer().size(), rows(), length)
        : new LanguageModelEvaluation(tokens, rows(), length);
  }

  @Override
  public Map<String, Double> chance() {
    double loss = Math.log(read.tokenizer().size());
    return Map.of(
        "validation_loss",
        loss,
        "test_loss",
        loss,
        "validation_perplexity",
        (double) read.tokenizer().size(),
        "test_perplexity",
        (double) read.tokenizer().size());
  }

  /** The mean loss of each test window. */
  @Override
  public Map<String, double[]> items(Trainer trainer) {
    DoubleStream.Builder losses = DoubleStream.builder();
    for (Batch batch : test()) {
      INDArray logits = trainer.outputs(batch, List.of(Network.LOGITS)).get(Network.LOGITS);
      int[] targets = batch.integers(Network.TARGETS);
      int classes = (int) logits.size(-1);
      float[] all = logits.dup('c').reshape(-1).toFloatVector();
      int length = targets.length / batch.size();
      for (int row = 0; row < batch.size(); row++) {
        double sum = 0;
        int counted = 0;
        for (int i = row * length; i < (row + 1) * length; i++) {
          if (targets[i] != Batch.IGNORED) {
            sum += crossEntropy(all, i * classes, classes, targets[i]);
            counted++;
          }
        }
        losses.add(counted == 0 ? 0 : sum / counted);
      }
    }
    return Map.of("test_loss", losses.build().toArray());
  }

  private static double crossEntropy(float[] logits, int start, int classes, int target) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < classes; i++) {
      largest = Math.max(largest, logits[start + i]);
    }
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      sum += Math.exp(logits[start + i] - largest);
    }
    return Math.log(sum) + largest - logits[start + target];
  }

  /**
   * Perplexity of a token, and of decoders bits a byte, which do not depend on the
   * read.tokenizer().
   */
  @Override
  public Map<String, Double> scores(Evaluation evaluation) {
    if (masked(config)) {
      return Map.of("perplexity", Math.exp(evaluation.value(Network.LOSS)));
    }
    String text =
        evaluation.split().equals("test") ? read.corpus().test() : read.corpus().validation();
    long bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return Map.of(
        "perplexity",
        Math.exp(evaluation.value(Network.LOSS)),
        "bits_per_byte",
        TextScores.bitsPerByte(evaluation.value(Network.LOSS), (long) evaluation.weight(), bytes));
  }

  /** Keeps the tokenizer with the run, whose weights are of no use without it. */
  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    AtomicFile.write(directory.file("tokenizer.json"), read.tokenizer().toJson());
    return Map.of();
  }
}
