package org.normfree.core.optim;

/** The learning rate as a function of the step. */
@FunctionalInterface
public interface Schedule {
  /**
   * @param step steps done before the one the rate is for, from 0
   * @return the learning rate of that step
   */
  double rate(long step);
}
