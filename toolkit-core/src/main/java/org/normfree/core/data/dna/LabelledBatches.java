package org.normfree.core.data.dna;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Streams;
import org.normfree.core.nn.Network;

/**
 * Training batches of a classifier of DNA: each epoch takes the sequences in an order of its own,
 * each from either strand if wanted, padded in front to one length. What is left at its end is too
 * little for a batch and is dropped; if there are fewer sequences than a batch takes, the batch is
 * all of them. Feeds: tokens, labels, and targets for the accuracy.
 */
public final class LabelledBatches implements BatchStream {
  private final LabelledDna data;
  private final int batch;
  private final int length;
  private final boolean eitherStrand;
  private final long seed;

  /**
   * @param data what to learn from
   * @param batch sequences of a batch
   * @param length tokens of a sequence, at least as many as the longest has bases
   * @param eitherStrand whether half of the sequences are reverse complements
   * @param seed of order and strands
   */
  public LabelledBatches(LabelledDna data, int batch, int length, boolean eitherStrand, long seed) {
    this.data = data;
    this.batch = Math.min(batch, data.count());
    this.length = length;
    this.eitherStrand = eitherStrand;
    this.seed = seed;
  }

  @Override
  public int stepsPerEpoch() {
    return data.count() / batch;
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    long epoch = step / stepsPerEpoch();
    int[] order = Streams.permutation(data.count(), Streams.ORDER.of(seed, epoch));
    int start = (int) (step % stepsPerEpoch()) * batch;
    SplittableRandom strands = Streams.FLIP.of(seed, step);
    byte[][] sequences = new byte[batch][];
    int[] which = Arrays.copyOfRange(order, start, start + batch);
    for (int i = 0; i < batch; i++) {
      byte[] sequence = data.sequences().get(which[i]);
      boolean other = strands.nextBoolean() && eitherStrand;
      sequences[i] = other ? Nucleotides.reverseComplement(sequence) : sequence;
    }
    return batch(data, which, sequences, length);
  }

  /** A batch of sequences of a set, as they are or as their other strand. */
  static Batch batch(LabelledDna data, int[] which, byte[][] sequences, int length) {
    int[] input = new int[which.length * length];
    Arrays.fill(input, Nucleotides.PAD);
    float[] labels = new float[which.length * data.classes()];
    int[] targets = new int[which.length];
    for (int row = 0; row < which.length; row++) {
      byte[] sequence = sequences[row];
      int at = (row + 1) * length - sequence.length;
      for (int i = 0; i < sequence.length; i++) {
        input[at + i] = sequence[i];
      }
      targets[row] = data.labels()[which[row]];
      labels[row * data.classes() + targets[row]] = 1;
    }
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Integers(input, which.length, length));
    feeds.put(Network.LABELS, new Batch.Reals(labels, which.length, data.classes()));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, which.length));
    return new Batch(feeds, which.length, which.length);
  }
}
