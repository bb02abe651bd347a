package org.normfree.benchmarks.peer;

/** One side of a comparison: does a workload in its own way, in a process of its own. */
public interface Peer extends AutoCloseable {
  /**
   * Numbers in which all sides must agree before anything is timed: the losses of the first {@code
   * steps} training steps, or sums over an op's results. Called once, before all else.
   */
  double[] check(int steps);

  /** A whole training step, optimizer included; for an op the same as {@link #pass}. */
  void step();

  /** Forward and backward alone. */
  void pass();

  /** Forward alone; single ops and networks have it. */
  default void forward() {
    throw new UnsupportedOperationException("this workload has no forward pass of its own");
  }

  /** Begins anew, as a process that trains one network after the other does; networks have it. */
  default void restart() {
    throw new UnsupportedOperationException("only networks are trained anew");
  }

  /**
   * A whole training of a new network.
   *
   * @param steps how many; a forward pass behind every fourth stands for the evaluations of a study
   */
  default void train(int steps) {
    restart();
    for (int i = 1; i <= steps; i++) {
      step();
      if (i % 4 == 0) {
        forward();
      }
    }
  }

  /** Numbers that only this side can tell, for example what it measured inside. */
  default double[] report() {
    return new double[0];
  }

  @Override
  default void close() {}
}
