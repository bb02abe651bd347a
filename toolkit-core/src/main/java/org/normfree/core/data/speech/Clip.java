package org.normfree.core.data.speech;

import java.util.List;

/**
 * A recording of what one speaker says.
 *
 * @param samples the samples
 * @param words numbers of the words that are said, in order
 * @param speaker number of the speaker
 * @param take orders the recordings of the same words
 */
public record Clip(float[] samples, List<Integer> words, int speaker, int take) {
  /** Copies the words. */
  public Clip {
    words = List.copyOf(words);
  }

  /** The word it is of; −1 where it is of several, or of none. */
  public int word() {
    return words.size() == 1 ? words.get(0) : -1;
  }
}
