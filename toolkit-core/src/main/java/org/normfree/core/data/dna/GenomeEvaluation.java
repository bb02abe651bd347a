package org.normfree.core.data.dna;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.Streams;

/**
 * A whole genome for a language model of DNA, window after window, masked in the same way for every
 * run. Of {@link GenomeTask#NEXT} every base but the first of a sequence is a target once; the last
 * batch is filled up with padding.
 */
public final class GenomeEvaluation implements Iterable<Batch> {
  private static final long SEED = 1998;

  private final List<byte[]> windows = new ArrayList<>();
  private final GenomeTask task;
  private final int rows;
  private final int length;

  /**
   * @param genome what is evaluated on
   * @param task what is to be guessed
   * @param rows windows of a batch
   * @param length tokens of a window
   * @throws InputException if there is no base to guess
   */
  public GenomeEvaluation(Genome genome, GenomeTask task, int rows, int length) {
    this.task = task;
    this.rows = rows;
    this.length = length;
    int more = task.bases(length) - length;
    for (byte[] sequence : genome.sequences()) {
      for (int start = 0; start + more < sequence.length; start += length) {
        int end = (int) Math.min(sequence.length, (long) start + length + more);
        windows.add(Arrays.copyOfRange(sequence, start, end));
      }
    }
    if (windows.isEmpty()) {
      throw new InputException(
          "a part of the genome that is evaluated on has no base to guess; give a longer genome");
    }
  }

  /** How many batches there are. */
  public int count() {
    return (windows.size() + rows - 1) / rows;
  }

  /**
   * @param index a batch's number, from 0
   * @return the batch, in arrays of its own
   */
  public Batch batch(int index) {
    byte[][] some = new byte[rows][];
    Arrays.setAll(
        some,
        row -> {
          int at = index * rows + row;
          return at < windows.size() ? windows.get(at) : new byte[0];
        });
    return task.batch(some, length, Streams.MASK.of(SEED, index));
  }

  @Override
  public Iterator<Batch> iterator() {
    return IntStream.range(0, count()).mapToObj(this::batch).iterator();
  }
}
