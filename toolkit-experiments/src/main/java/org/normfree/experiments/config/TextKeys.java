package org.normfree.experiments.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.normfree.core.data.text.Tokenizers;

/** The keys of experiments with text, beside those in {@link Keys}. */
public final class TextKeys {
  private static final Range ONE_UP = Range.any().atLeast(1);
  private static final Range NOT_NEGATIVE = Range.any().atLeast(0);
  private static final Range FRACTION = Range.any().atLeast(0).below(1);

  /** The parallel corpus. */
  public static final Key<String> PAIRS =
      Key.choice(
          "data",
          "numbers",
          () -> List.of("numbers", "aligned", "tsv"),
          "the pairs: numbers in words (built in), a folder of line-aligned files, a file of two"
              + " columns");

  /** The text corpus. */
  public static final Key<String> CORPUS =
      Key.choice(
          "data",
          "glosses",
          () -> List.of("glosses", "plain"),
          "the text: WordNet's glosses (built in) or a plain text file");

  /** Where the corpus lies. */
  public static final Key<Optional<Path>> PATH =
      Key.optionalPath("data.path", "the corpus's folder or file; empty for what is built in");

  /** Whether the first line is no pair. */
  public static final Key<Boolean> HEADER =
      Key.flag("data.header", false, "data=tsv: the first line names the columns");

  /** Source language. */
  public static final Key<String> SOURCE =
      Key.text("source", "en", "source language: a language's code, or the ending of its files");

  /** Target language. */
  public static final Key<String> TARGET =
      Key.text("target", "de", "target language: a language's code, or the ending of its files");

  /** Number of pairs. */
  public static final Key<Integer> COUNT =
      Key.integer(
          "pairs",
          8000,
          Range.any().atLeast(20).atMost(10_000_000),
          "training pairs of data=numbers");

  /** Largest number. */
  public static final Key<Long> LARGEST =
      Key.longInteger("largest", 99_999, Range.any().atLeast(999), "largest of data=numbers");

  /** Characters of the corpus. */
  public static final Key<Integer> CHARACTERS =
      Key.integer(
          "characters", 1_000_000, NOT_NEGATIVE, "training characters that are used; 0 = all");

  /** The tokenizer. */
  public static final Key<String> TOKENIZER =
      Key.choice("tokenizer", "bpe", () -> Tokenizers.NAMES, "how text becomes tokens");

  /** The vocabulary. */
  public static final Key<Integer> VOCABULARY =
      Key.integer("vocabulary", 400, NOT_NEGATIVE, "tokens of tokenizer=bpe; 0 for the others");

  /** Longest sequence. */
  public static final Key<Integer> MAX_LENGTH =
      Key.integer("max.length", 64, ONE_UP, "longest sequence the model takes, in tokens");

  /** What happens to longer ones. */
  public static final Key<String> OVERLONG =
      Key.choice("overlong", "refuse", () -> List.of("refuse", "skip"), "longer sentences");

  /** Tokens a step. */
  public static final Key<Integer> BATCH_TOKENS =
      Key.integer("batch.tokens", 1024, ONE_UP, "tokens a step, padding included, of either side");

  /** Decoder layers. */
  public static final Key<Integer> DECODER_DEPTH =
      Key.integer("decoder.depth", 0, NOT_NEGATIVE, "layers of the decoder; 0 = depth");

  /** Dropout. */
  public static final Key<Double> DROPOUT =
      Key.decimal("dropout", 0, FRACTION, "dropout behind embeddings and branches");

  /** Tied embeddings. */
  public static final Key<Boolean> TIED =
      Key.flag("tied", true, "one table for both embeddings and the output projection");

  /** Beams. */
  public static final Key<Integer> BEAMS =
      Key.integer("beams", 1, ONE_UP, "beams of the search for translations; 1 = greedy");

  /** Whether a run ends with translations. */
  public static final Key<Boolean> DECODE =
      Key.flag("decode", true, "translate the test split at the end of a run");

  private TextKeys() {}

  /** Tokens of a vocabulary, where only its text tells them the fewest that there may be. */
  public static int leastVocabulary(Config config) {
    return Math.max(2, config.get(VOCABULARY));
  }
}
