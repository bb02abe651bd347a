package org.normfree.core.data;

import java.util.Arrays;

/**
 * Which images make up the batch of a step: each epoch takes them in an order of its own, drawn
 * from the seed. What is left at its end is too little for a batch and is dropped; if there are
 * fewer images than a batch takes, the batch is all of them. Safe for use by several threads.
 */
final class EpochOrder {
  private final int count;
  private final int batchSize;
  private final long seed;
  private volatile Epoch latest = new Epoch(-1, new int[0]);

  /** The order of the images in an epoch, remembered while its batches are made. */
  private record Epoch(long number, int[] order) {}

  EpochOrder(int count, int batchSize, long seed) {
    this.count = count;
    this.batchSize = Math.min(batchSize, count);
    this.seed = seed;
  }

  int batchSize() {
    return batchSize;
  }

  int stepsPerEpoch() {
    return count / batchSize;
  }

  /** The numbers of a step's images. */
  int[] images(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    int[] order = order(step / stepsPerEpoch());
    int start = (int) (step % stepsPerEpoch()) * batchSize;
    return Arrays.copyOfRange(order, start, start + batchSize);
  }

  private int[] order(long epoch) {
    Epoch known = latest;
    if (known.number != epoch) {
      known = new Epoch(epoch, Streams.permutation(count, Streams.ORDER.of(seed, epoch)));
      latest = known;
    }
    return known.order;
  }
}
