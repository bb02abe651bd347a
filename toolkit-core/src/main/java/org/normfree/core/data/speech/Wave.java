package org.normfree.core.data.speech;

import org.normfree.core.InputException;

/**
 * A sound with one channel.
 *
 * @param samples the samples, full scale ±1
 * @param rate samples a second, above 0
 */
public record Wave(float[] samples, int rate) {
  /**
   * @throws InputException if the rate is not positive
   */
  public Wave {
    if (rate < 1) {
      throw new InputException(
          "a sound has %s samples a second; expected at least 1".formatted(rate));
    }
  }

  /** Its length in seconds. */
  public double seconds() {
    return (double) samples.length / rate;
  }
}
