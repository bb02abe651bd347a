package org.normfree.core.data.dna;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Streams;

/**
 * Training batches of a language model of DNA: windows at random places of a genome, each as
 * likely, and each from either strand if wanted. Feeds: tokens and targets.
 */
public final class GenomeBatches implements BatchStream {
  private final List<byte[]> sequences;
  private final long[] ends;
  private final GenomeTask task;
  private final int rows;
  private final int length;
  private final boolean eitherStrand;
  private final long seed;

  /**
   * @param genome what to learn from; sequences shorter than a window are not seen
   * @param task what is to be guessed
   * @param rows windows of a batch
   * @param length tokens of a window
   * @param eitherStrand whether half of the windows are reverse complements
   * @param seed of places, strands and masks
   * @throws InputException if no sequence holds a window
   */
  public GenomeBatches(
      Genome genome, GenomeTask task, int rows, int length, boolean eitherStrand, long seed) {
    int bases = task.bases(length);
    sequences = genome.sequences().stream().filter(s -> s.length >= bases).toList();
    ends = new long[sequences.size()];
    long places = 0;
    for (int i = 0; i < ends.length; i++) {
      places += sequences.get(i).length - bases + 1;
      ends[i] = places;
    }
    if (sequences.isEmpty()) {
      int longest = genome.sequences().stream().mapToInt(s -> s.length).max().orElse(0);
      throw new InputException(
          "the longest training sequence has %s bases, fewer than the %s of a window; lower length or give a longer genome"
              .formatted(longest, bases));
    }
    this.task = task;
    this.rows = rows;
    this.length = length;
    this.eitherStrand = eitherStrand;
    this.seed = seed;
  }

  /** So many that an epoch sees as many bases as there are to see. */
  @Override
  public int stepsPerEpoch() {
    long bases = sequences.stream().mapToLong(s -> s.length).sum();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bases / ((long) rows * length)));
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    SplittableRandom places = Streams.WINDOW.of(seed, step);
    SplittableRandom strands = Streams.FLIP.of(seed, step);
    byte[][] windows = new byte[rows][];
    for (int row = 0; row < rows; row++) {
      byte[] window = window(places.nextLong(ends[ends.length - 1]));
      boolean other = strands.nextBoolean() && eitherStrand;
      windows[row] = other ? Nucleotides.reverseComplement(window) : window;
    }
    return task.batch(windows, length, Streams.MASK.of(seed, step));
  }

  private byte[] window(long place) {
    int found = Arrays.binarySearch(ends, place);
    int sequence = found < 0 ? -found - 1 : found + 1;
    int start = (int) (place - (sequence == 0 ? 0 : ends[sequence - 1]));
    return Arrays.copyOfRange(sequences.get(sequence), start, start + task.bases(length));
  }
}
