package org.normfree.core.train;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * How far a run has come. The batch and the random inputs of a step are functions of seed and step,
 * so {@code step} is the position in the data and the state of the random numbers at once.
 *
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param seed the run's seed
 * @param lossSum sum of the loss over the examples of the epoch in progress
 * @param correct how many of them were classified rightly
 * @param examples how many they are
 */
@JsonPropertyOrder({"step", "epoch", "seed", "lossSum", "correct", "examples"})
public record Progress(
    long step, int epoch, long seed, double lossSum, long correct, long examples) {
  /**
   * @param seed the run's seed
   * @return a run that has not begun
   */
  public static Progress start(long seed) {
    return new Progress(0, 0, seed, 0, 0, 0);
  }

  Progress afterStep(double loss, int rightly, int size) {
    return new Progress(
        step + 1, epoch, seed, lossSum + loss * size, correct + rightly, examples + size);
  }

  Progress afterEpoch() {
    return new Progress(step, epoch + 1, seed, 0, 0, 0);
  }
}
