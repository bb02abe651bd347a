package org.normfree.core.decode;

import java.util.Arrays;

/**
 * Takes the most probable token each time, the first of equals.
 *
 * @param begin token that sequences begin with
 * @param end token that ends a sequence
 * @param maxLength most tokens of a result, the end not counted, at least 1
 */
public record GreedySearch(int begin, int end, int maxLength) {
  /**
   * Continues every sequence until its end.
   *
   * @param continuation sequences without a token yet
   * @return the tokens of each, without begin and end
   */
  public int[][] run(Continuation continuation) {
    int sequences = continuation.sequences();
    int[][] results = new int[sequences][maxLength];
    int[] lengths = new int[sequences];
    boolean[] ended = new boolean[sequences];
    int[] tokens = new int[sequences];
    Arrays.fill(tokens, begin);
    int open = sequences;
    for (int step = 0; step < maxLength && open > 0; step++) {
      float[][] logits = continuation.append(tokens);
      for (int i = 0; i < sequences; i++) {
        int best = largest(logits[i]);
        if (!ended[i] && best == end) {
          ended[i] = true;
          open--;
        } else if (!ended[i]) {
          results[i][lengths[i]++] = best;
        }
        tokens[i] = ended[i] ? end : best;
      }
    }
    for (int i = 0; i < sequences; i++) {
      results[i] = Arrays.copyOf(results[i], lengths[i]);
    }
    return results;
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int token = 1; token < logits.length; token++) {
      if (logits[token] > logits[best]) {
        best = token;
      }
    }
    return best;
  }
}
