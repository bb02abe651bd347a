package org.normfree.core.probe;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Root of the mean square. */
public final class Rms {
  private Rms() {}

  /** Over all elements. */
  public static double of(INDArray x) {
    return x.norm2Number().doubleValue() / Math.sqrt((double) x.length());
  }
}
