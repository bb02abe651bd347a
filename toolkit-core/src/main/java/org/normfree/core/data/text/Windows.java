package org.normfree.core.data.text;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.Streams;

/**
 * Windows of equal length on a stream of tokens.
 *
 * @param tokens the tokens
 * @param rows windows of a batch
 * @param length tokens of a window
 */
record Windows(int[] tokens, int rows, int length) {
  Windows {
    if (rows < 1 || length < 1) {
      throw new InputException(
          "batches of %s windows of %s tokens are wanted, expected at least 1 of either"
              .formatted(rows, length));
    }
    if (tokens.length == 0) {
      throw new InputException("there are no tokens to make batches of; check the corpus");
    }
  }

  /** Throws unless a whole window fits. */
  void requireWindow() {
    if (tokens.length < length) {
      throw new InputException(
          "the training text has %s tokens, fewer than the %s of a window; give more text or lower max.length"
              .formatted(tokens.length, length));
    }
  }

  /** Where the windows of a training step begin. */
  int[] randomStarts(long seed, long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    SplittableRandom random = Streams.WINDOW.of(seed, step);
    int[] starts = new int[rows];
    Arrays.setAll(starts, row -> random.nextInt(tokens.length - length + 1));
    return starts;
  }

  int stepsPerEpoch() {
    return Math.max(1, tokens.length / (rows * length));
  }

  /** Batches that cover every token once. */
  int count() {
    int windows = (tokens.length + length - 1) / length;
    return (windows + rows - 1) / rows;
  }

  /** Where the windows of a covering batch begin; beyond the tokens there is padding. */
  int[] starts(int batch) {
    if (batch < 0 || batch >= count()) {
      throw new IllegalArgumentException("batch %s of %s".formatted(batch, count()));
    }
    int[] starts = new int[rows];
    // rows of padding would begin beyond the tokens, and perhaps beyond an int
    Arrays.setAll(
        starts, row -> (int) Math.min(((long) batch * rows + row) * length, tokens.length));
    return starts;
  }

  static Batch.Integers positions(int length) {
    return new Batch.Integers(IntStream.range(0, length).toArray(), length);
  }
}
