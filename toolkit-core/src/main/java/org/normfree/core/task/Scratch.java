package org.normfree.core.task;

import java.util.Arrays;

/** Arrays that loops use in between; one thread's, kept from call to call. */
public final class Scratch {
  private final float[][] arrays;

  public Scratch(int count) {
    arrays = new float[count][0];
  }

  /** Array number k, of at least a length; whatever is in it. */
  public float[] get(int k, int length) {
    if (arrays[k].length < length) {
      arrays[k] = Arrays.copyOf(arrays[k], length);
    }
    return arrays[k];
  }
}
