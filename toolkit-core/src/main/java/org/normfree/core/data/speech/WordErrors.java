package org.normfree.core.data.speech;

import java.util.List;

/**
 * Errors of recognized strings: insertions, deletions and substitutions of the shortest way from
 * what was said to what was recognized, over the number of words said (V. I. Levenshtein, 1966).
 *
 * @param errors how many
 * @param words how many words were said
 */
public record WordErrors(long errors, long words) {
  /** No string yet. */
  public static final WordErrors NONE = new WordErrors(0, 0);

  /**
   * Errors of one string.
   *
   * @param said the right words
   * @param recognized the others
   */
  public static WordErrors of(List<Integer> said, List<Integer> recognized) {
    int[] costs = new int[recognized.size() + 1];
    for (int j = 0; j < costs.length; j++) {
      costs[j] = j;
    }
    for (int i = 1; i <= said.size(); i++) {
      int diagonal = costs[0];
      costs[0] = i;
      for (int j = 1; j < costs.length; j++) {
        int kept = diagonal + (said.get(i - 1).equals(recognized.get(j - 1)) ? 0 : 1);
        diagonal = costs[j];
        costs[j] = Math.min(kept, 1 + Math.min(costs[j], costs[j - 1]));
      }
    }
    return new WordErrors(costs[costs.length - 1], said.size());
  }

  /** Both together. */
  public WordErrors plus(WordErrors other) {
    return new WordErrors(errors + other.errors, words + other.words);
  }

  /** Errors a word said; it can be above 1. */
  public double rate() {
    return (double) errors / words;
  }
}
