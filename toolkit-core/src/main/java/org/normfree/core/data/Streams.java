package org.normfree.core.data;

import java.util.SplittableRandom;

/**
 * Independent random streams of one seed, each named by its purpose and an index (an epoch, a
 * step), so that no draw depends on how many were made before.
 */
public enum Streams {
  /** Which images are held out; the index is the class. */
  HOLDOUT(1),
  /** The order of the images; the index is the epoch. */
  ORDER(2),
  /** Crop positions; the index is the step. */
  CROP(3),
  /** Mirrored or not; the index is the step. */
  FLIP(4),
  /** Mixing weight and partners; the index is the step. */
  MIXUP(5),
  /** The order of batches of pairs; the index is the epoch. */
  BATCH_ORDER(6),
  /** Where windows of a text begin; the index is the step. */
  WINDOW(7),
  /** Which tokens are masked, and by what; the index is the step. */
  MASK(8),
  /** Which numbers are spelled out; the index is the part and the number of digits. */
  NUMBERS(9),
  /** How images are transformed; the index is the step. */
  TRANSFORM(10),
  /** How crops of images are made, where there are several; the index is the step. */
  CROPS(11),
  /** Cutmix's weight, place and partners; the index is the step. */
  CUTMIX(12);

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long key;

  Streams(long key) {
    this.key = key;
  }

  /**
   * @param seed a seed
   * @param index an index, see the constants
   * @return the stream of both
   */
  public SplittableRandom of(long seed, long index) {
    long state = mix(seed + GOLDEN_GAMMA);
    state = mix((state ^ key) + GOLDEN_GAMMA);
    return new SplittableRandom(mix((state ^ index) + GOLDEN_GAMMA));
  }

  /**
   * @param count how many numbers
   * @param random where to draw from
   * @return the numbers 0 … count-1 in random order (Fisher and Yates)
   */
  public static int[] permutation(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** A bijection of 64-bit words in which every input bit moves every output bit (SplitMix64). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
