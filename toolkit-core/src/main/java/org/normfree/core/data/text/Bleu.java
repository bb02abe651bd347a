package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.normfree.core.nn.Rng;

/**
 * BLEU (Papineni et al. 2002) as sacreBLEU (Post 2018, arXiv 1804.08771) computes it by default:
 * signature {@code nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp}.
 *
 * <p>{@code BLEU = BP · exp(¼ Σₙ ln pₙ)}, n = 1 … 4, in percent. pₙ is the share of the corpus'
 * n-grams that the references have too, each counted at most as often as its reference has it. BP =
 * min(1, exp(1 - r/c)) for c tokens in r tokens of references. The k-th pₙ without a match counts
 * as 1/(2ᵏ · number of n-grams). Without any match, or with no n-gram of some length, BLEU is 0.
 */
public final class Bleu {
  private static final int ORDER = 4;

  private static final List<Rule> RULES =
      List.of(
          new Rule("([\\{-~\\[-` -&\\(-+:-@/])", " $1 "),
          new Rule("([^0-9])([.,])", "$1 $2 "),
          new Rule("([.,])([^0-9])", " $1 $2"),
          new Rule("([0-9])(-)", "$1 $2 "));

  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }

    String apply(String text) {
      return pattern.matcher(text).replaceAll(replacement);
    }
  }

  private Bleu() {}

  /**
   * What BLEU needs to know of some sentences; that of two sets of sentences is the {@link #plus
   * sum}, so that resampled corpora need no counting.
   *
   * @param matches n-grams that the reference has too, by n - 1
   * @param totals all n-grams, by n - 1
   * @param length tokens of the translations
   * @param referenceLength tokens of the references
   */
  public record Statistics(long[] matches, long[] totals, long length, long referenceLength) {
    /** Of no sentence. */
    public static final Statistics NONE = new Statistics(new long[ORDER], new long[ORDER], 0, 0);

    /** Copies the arrays. */
    public Statistics {
      matches = matches.clone();
      totals = totals.clone();
    }

    /** Of both sets of sentences together. */
    public Statistics plus(Statistics other) {
      long[] bothMatches = matches.clone();
      long[] bothTotals = totals.clone();
      for (int n = 0; n < ORDER; n++) {
        bothMatches[n] += other.matches[n];
        bothTotals[n] += other.totals[n];
      }
      return new Statistics(
          bothMatches, bothTotals, length + other.length, referenceLength + other.referenceLength);
    }

    /**
     * Whether there were n-grams of every order to match; without, the score is 0 whatever the
     * translations, as of texts of single words.
     */
    public boolean hasAllOrders() {
      return totals[ORDER - 1] > 0;
    }

    /** The factor for translations that are too short, in [0, 1]. */
    public double brevityPenalty() {
      if (length >= referenceLength) {
        return 1;
      }
      return length == 0 ? 0 : Math.exp(1 - (double) referenceLength / length);
    }

    /** BLEU of the corpus, 0 to 100. */
    public double score() {
      if (Arrays.stream(matches).allMatch(m -> m == 0)) {
        return 0;
      }
      double sum = 0;
      double smoothing = 1;
      for (int n = 0; n < ORDER; n++) {
        if (totals[n] == 0) {
          return 0;
        }
        double matched = matches[n];
        if (matched == 0) {
          smoothing *= 2;
          matched = 1 / smoothing;
        }
        sum += Math.log(100 * matched / totals[n]);
      }
      return brevityPenalty() * Math.exp(sum / ORDER);
    }
  }

  /**
   * @param translation a translation, not tokenized
   * @param reference its reference, not tokenized
   * @return the statistics of this sentence
   */
  public static Statistics statistics(String translation, String reference) {
    List<String> tokens = tokenize(translation);
    List<String> wanted = tokenize(reference);
    long[] matches = new long[ORDER];
    long[] totals = new long[ORDER];
    for (int n = 1; n <= ORDER; n++) {
      Map<List<String>, Integer> there = ngrams(wanted, n);
      long matched = 0;
      for (Map.Entry<List<String>, Integer> ngram : ngrams(tokens, n).entrySet()) {
        matched += Math.min(ngram.getValue(), there.getOrDefault(ngram.getKey(), 0));
      }
      matches[n - 1] = matched;
      totals[n - 1] = Math.max(0, tokens.size() - n + 1);
    }
    return new Statistics(matches, totals, tokens.size(), wanted.size());
  }

  /**
   * @param translations translations, not tokenized
   * @param references the reference of each
   * @return the statistics of each sentence
   * @throws IllegalArgumentException if there are not as many references
   */
  public static List<Statistics> sentences(List<String> translations, List<String> references) {
    TextScores.requireSameSize(translations, references);
    List<Statistics> sentences = new ArrayList<>(translations.size());
    for (int i = 0; i < translations.size(); i++) {
      sentences.add(statistics(translations.get(i), references.get(i)));
    }
    return sentences;
  }

  /**
   * @param translations translations, not tokenized
   * @param references the reference of each
   * @return the statistics of the corpus; {@link Statistics#score()} is its BLEU
   * @throws IllegalArgumentException if there are not as many references
   */
  public static Statistics corpus(List<String> translations, List<String> references) {
    return sentences(translations, references).stream().reduce(Statistics.NONE, Statistics::plus);
  }

  /**
   * A 95 % interval.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {}

  /**
   * The 95 % interval of a corpus's BLEU by the percentile bootstrap: the sentences are drawn anew
   * with replacement, as many as there are. It says how the score varies with the test sentences,
   * not with the training run. Source: Koehn, Statistical Significance Tests for Machine
   * Translation Evaluation, 2004.
   *
   * @param sentences statistics of at least one sentence
   * @param resamples how many corpora are drawn, at least 40
   * @param seed of the draws
   * @return the scores that 2.5 % and 97.5 % of the corpora stay below
   */
  public static Interval bootstrap(List<Statistics> sentences, int resamples, long seed) {
    if (sentences.isEmpty() || resamples < 40) {
      throw new IllegalArgumentException(
          "%s sentences, %s resamples: expected at least 1 and 40"
              .formatted(sentences.size(), resamples));
    }
    Rng random = Rng.of(seed, "bootstrap", 0);
    double[] scores = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      Statistics corpus = Statistics.NONE;
      for (int k = 0; k < sentences.size(); k++) {
        corpus = corpus.plus(sentences.get((int) (random.uniform() * sentences.size())));
      }
      scores[i] = corpus.score();
    }
    Arrays.sort(scores);
    return new Interval(
        scores[(int) Math.floor(0.025 * resamples)],
        scores[(int) Math.ceil(0.975 * resamples) - 1]);
  }

  private static Map<List<String>, Integer> ngrams(List<String> tokens, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
    }
    return counts;
  }

  /** The tokens of a sentence by the rules of {@code mteval-v13a.pl}. */
  static List<String> tokenize(String sentence) {
    int end = sentence.length();
    while (end > 0 && isSpace(sentence.charAt(end - 1))) {
      end--;
    }
    String text =
        sentence
            .substring(0, end)
            .replace("<skipped>", "")
            .replace("-\n", "")
            .replace('\n', ' ')
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    text = " " + text + " ";
    for (Rule rule : RULES) {
      text = rule.apply(text);
    }
    List<String> tokens = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || isSpace(text.charAt(i))) {
        if (i > start) {
          tokens.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return tokens;
  }

  /** What Python's {@code str.split} splits at, no-break spaces and the next-line sign included. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
