package org.normfree.core.data.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Scores of generated and predicted text that need nothing but counting. */
public final class TextScores {
  private TextScores() {}

  /**
   * @param outputs generated texts, at least one
   * @param references the text wanted of each
   * @return the share that is equal, character by character
   * @throws IllegalArgumentException if there are none, or not as many references
   */
  public static double exactMatch(List<String> outputs, List<String> references) {
    requireSameSize(outputs, references);
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("there are no texts to compare");
    }
    int equal = 0;
    for (int i = 0; i < outputs.size(); i++) {
      equal += outputs.get(i).equals(references.get(i)) ? 1 : 0;
    }
    return (double) equal / outputs.size();
  }

  /**
   * Cross-entropy in a unit that does not depend on the tokenizer: {@code nats · tokens / (ln 2 ·
   * bytes)}.
   *
   * @param nats mean cross-entropy of a token, in nats
   * @param tokens how many tokens it is the mean of
   * @param bytes length of the same text in UTF-8
   * @return bits per byte
   * @throws IllegalArgumentException if there are no bytes
   */
  public static double bitsPerByte(double nats, long tokens, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("%s bytes of text, expected at least 1".formatted(bytes));
    }
    return nats * tokens / (Math.log(2) * bytes);
  }

  /**
   * The cross-entropy of a model that knows how often each token occurs and nothing else, {@code −Σ
   * p·ln p} over the tokens' shares p: what looks at no context can get no lower.
   *
   * @param tokens ids, at least one
   * @return mean cross-entropy of a token, in nats
   * @throws IllegalArgumentException if there are none
   */
  public static double unigramLoss(IntStream tokens) {
    Map<Integer, Long> counts =
        tokens.boxed().collect(Collectors.groupingBy(token -> token, Collectors.counting()));
    long total = counts.values().stream().mapToLong(count -> count).sum();
    if (total == 0) {
      throw new IllegalArgumentException("there are no tokens to count");
    }
    return counts.values().stream()
        .mapToDouble(count -> (double) count / total)
        .map(share -> -share * Math.log(share))
        .sorted() // a sum in one order is one number
        .sum();
  }

  static void requireSameSize(List<String> outputs, List<String> references) {
    if (outputs.size() != references.size()) {
      throw new IllegalArgumentException(
          "%s texts but %s references".formatted(outputs.size(), references.size()));
    }
  }
}
