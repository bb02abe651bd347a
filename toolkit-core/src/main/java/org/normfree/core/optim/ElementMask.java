package org.normfree.core.optim;

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
   */
  Draw draw(String name, long step) {
    return new Draw(
        Rng.of(seed, "element-mask/" + name, step).below(Long.MAX_VALUE),
        (long) Math.ceil(kept * HALF),
        1 / kept);
  }

  /**
   * One mask. Two elements come from the bits of one number, which is a hash of their place,
   * because this is done for every element and step.
   *
   * @param key sets it apart from others
   * @param threshold below which 32 bits keep their element
   * @param value of elements that are kept
   */
  record Draw(long key, long threshold, double value) {
    /** The mixing function of SplittableRandom (Steele, Lea and Flood, OOPSLA 2014). */
    private long bits(int place) {
      long z = key + place * 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }

    /** 1 where 32 bits are below the threshold, else 0, without a branch nobody could foresee. */
    private int below(long bits) {
      return (int) ((bits - threshold) >>> 63);
    }

    /**
     * Elements of the mask.
     *
     * @param mask where to write them, from index 0
     * @param from the first, even
     * @param length how many
     */
    void fill(float[] mask, int from, int length) {
      float kept = (float) value;
      for (int i = 0; i < length; i += 2) {
        long bits = bits(from + i);
        mask[i] = below(bits >>> 32) * kept;
        if (i + 1 < length) {
          mask[i + 1] = below(bits & 0xffffffffL) * kept;
        }
      }
    }

    /** The same in double precision. */
    void fill(double[] mask, int from, int length) {
      for (int i = 0; i < length; i += 2) {
        long bits = bits(from + i);
        mask[i] = below(bits >>> 32) * value;
        if (i + 1 < length) {
          mask[i + 1] = below(bits & 0xffffffffL) * value;
        }
      }
    }
  }
}
