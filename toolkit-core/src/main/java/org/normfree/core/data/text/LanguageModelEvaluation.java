package org.normfree.core.data.text;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.normfree.core.data.Batch;

/**
 * A whole text for a decoder-only language model: every token is a target once, the first after
 * {@link Tokenizer#BOS}. What is missing in the last batch is padding without a target.
 */
public final class LanguageModelEvaluation implements Iterable<Batch> {
  private final Windows windows;

  /**
   * @param tokens the encoded text, at least one token
   * @param rows windows of a batch
   * @param length tokens of a window; no window sees the one before it
   * @throws org.normfree.core.InputException if there are no tokens
   */
  public LanguageModelEvaluation(int[] tokens, int rows, int length) {
    windows = new Windows(tokens, rows, length);
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
    return LanguageModelBatches.batch(windows, windows.starts(index));
  }

  @Override
  public Iterator<Batch> iterator() {
    return IntStream.range(0, count()).mapToObj(this::batch).iterator();
  }
}
