package org.normfree.core.optim;

/**
 * A number as a function of the step: the learning rate, the decay of an average, a temperature.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * @param step steps done before the one the number is for, from 0
   * @return the number of that step
   */
  double rate(long step);
}
