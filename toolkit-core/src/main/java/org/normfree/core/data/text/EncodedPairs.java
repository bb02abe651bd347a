package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/** Pairs of sentences as token ids. */
public final class EncodedPairs {
  private final List<SentencePair> pairs = new ArrayList<>();
  private final List<int[]> sources = new ArrayList<>();
  private final List<int[]> targets = new ArrayList<>();

  /**
   * @param pairs the pairs
   * @param source tokenizer of the sources
   * @param target tokenizer of the targets
   * @param maxLength longest sequence of the model; a sentence takes its tokens and one for its end
   * @param overlong what to do with pairs that are longer
   * @throws InputException if a pair is longer and that is an error, or no pair is left
   */
  public EncodedPairs(
      List<SentencePair> pairs,
      Tokenizer source,
      Tokenizer target,
      int maxLength,
      Overlong overlong) {
    for (SentencePair pair : pairs) {
      int[] sourceIds = source.encode(pair.source());
      int[] targetIds = target.encode(pair.target());
      int length = Math.max(sourceIds.length, targetIds.length) + 1;
      if (length <= maxLength) {
        this.pairs.add(pair);
        sources.add(sourceIds);
        targets.add(targetIds);
      } else if (overlong == Overlong.REFUSE) {
        throw new InputException(
            "line %s takes %s tokens with its end, the model at most %s; raise max.length or set overlong=skip"
                .formatted(pair.line(), length, maxLength));
      }
    }
    if (this.pairs.isEmpty()) {
      throw new InputException(
          pairs.isEmpty()
              ? "there are no pairs to make batches of; check the corpus"
              : "all %s pairs take more than %s tokens; raise max.length"
                  .formatted(pairs.size(), maxLength));
    }
    if (skipped(pairs.size()) > 0) {
      Sources.tell(
          "overlong=skip",
          "%s of %s pairs take more than %s tokens and are left out; raise max.length to keep them"
              .formatted(skipped(pairs.size()), pairs.size(), maxLength));
    }
  }

  private int skipped(int given) {
    return given - pairs.size();
  }

  /** How many pairs there are. */
  public int count() {
    return pairs.size();
  }

  /** The pairs that were kept, in order. */
  public List<SentencePair> pairs() {
    return List.copyOf(pairs);
  }

  /** Ids of a source, without its end. */
  int[] source(int pair) {
    return sources.get(pair);
  }

  /** Ids of a target, without begin and end. */
  int[] target(int pair) {
    return targets.get(pair);
  }
}
