package org.normfree.core.data.dna;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.normfree.core.data.Batch;

/**
 * All sequences of a set in their order, for evaluating a classifier; the last batch is smaller.
 */
public final class LabelledEvaluation implements Iterable<Batch> {
  private final LabelledDna data;
  private final int batch;
  private final int length;

  /**
   * @param data what is evaluated on
   * @param batch most sequences of a batch
   * @param length tokens of a sequence, at least as many as the longest has bases
   */
  public LabelledEvaluation(LabelledDna data, int batch, int length) {
    this.data = data;
    this.batch = batch;
    this.length = length;
  }

  @Override
  public Iterator<Batch> iterator() {
    int batches = (data.count() + batch - 1) / batch;
    return IntStream.range(0, batches).mapToObj(this::batch).iterator();
  }

  private Batch batch(int index) {
    int[] which =
        IntStream.range(index * batch, Math.min(data.count(), (index + 1) * batch)).toArray();
    byte[][] sequences = IntStream.of(which).mapToObj(data.sequences()::get).toArray(byte[][]::new);
    return LabelledBatches.batch(data, which, sequences, length);
  }
}
