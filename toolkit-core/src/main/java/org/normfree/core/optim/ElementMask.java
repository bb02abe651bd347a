package org.normfree.core.optim;

import java.util.SplittableRandom;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * Masks of elements, one a step: {@code 1/p} with probability p, else 0. A function of seed,
 * parameter, step and place, so that neither the number of threads nor a resumption changes it.
 *
 * @param kept p, above 0 and at most 1
 * @param seed the run's seed
 */
record ElementMask(double kept, long seed) {
  private static final double HALF = 0x1p32;

  ElementMask {
    if (!(kept > 0 && kept <= 1)) {
      throw new InputException(
          "the share of elements that a mask keeps is %s; expected above 0 and at most 1, about 0.3"
              .formatted(kept));
    }
  }

  /**
   * A step's mask of a parameter.
   *
   * @param name the parameter's name
   * @param step the step
   * @param length elements of the parameter
   * @return its mask, row-major
   */
  float[] draw(String name, long step, int length) {
    long threshold = (long) Math.ceil(kept * HALF);
    SplittableRandom random =
        new SplittableRandom(Rng.of(seed, "element-mask/" + name, step).below(Long.MAX_VALUE));
    float value = (float) (1 / kept);
    float[] mask = new float[length];
    for (int i = 0; i < length; i += 2) {
      // two elements from the bits of one number, because this is done for every element and step
      long bits = random.nextLong();
      mask[i] = bits >>> 32 < threshold ? value : 0;
      if (i + 1 < length) {
        mask[i + 1] = (bits & 0xffffffffL) < threshold ? value : 0;
      }
    }
    return mask;
  }
}
