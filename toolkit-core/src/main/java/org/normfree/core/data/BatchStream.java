package org.normfree.core.data;

import java.util.Iterator;
import java.util.stream.LongStream;

/**
 * An endless stream of mini-batches in which the number of a step is all that has to be remembered
 * to go on. Safe for use by several threads.
 */
public interface BatchStream {
  /**
   * @param step a step's number, from 0
   * @return its batch, in arrays of its own
   */
  Batch batch(long step);

  /** Batches in an epoch. */
  int stepsPerEpoch();

  /**
   * @param step the first step's number
   * @return the batches of this step and all that follow, without end
   */
  default Iterator<Batch> from(long step) {
    return LongStream.iterate(step, s -> s + 1).mapToObj(this::batch).iterator();
  }
}
