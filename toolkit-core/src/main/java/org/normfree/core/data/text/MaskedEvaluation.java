package org.normfree.core.data.text;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.normfree.core.data.Batch;
import org.normfree.core.data.Streams;

/**
 * A whole text for a masked language model, masked as in {@link MaskedBatches} but in the same way
 * for every run: every token is seen or guessed once.
 */
public final class MaskedEvaluation implements Iterable<Batch> {
  private static final long SEED = 1998;

  private final Windows windows;
  private final int vocabulary;

  /**
   * @param tokens the encoded text, at least one token
   * @param vocabulary size of the tokenizer
   * @param rows windows of a batch
   * @param length tokens of a window
   * @throws org.normfree.core.InputException if there are no tokens
   */
  public MaskedEvaluation(int[] tokens, int vocabulary, int rows, int length) {
    windows = new Windows(tokens, rows, length);
    this.vocabulary = vocabulary;
  }

  /** How many batches there are. */
  public int count() {
    return windows.count();
  }

  /**
   * @param index a batch's number, from 0
   * @return the batch, in arrays of its own
   */
  public Batch batch(int index) {
    return MaskedBatches.batch(
        windows, windows.starts(index), vocabulary, Streams.MASK.of(SEED, index));
  }

  @Override
  public Iterator<Batch> iterator() {
    return IntStream.range(0, count()).mapToObj(this::batch).iterator();
  }
}
