package org.normfree.core.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * A stratified division of images in two: of every class, a number that depends only on its size is
 * held out. Which ones is decided by a seed that is fixed for good, so that results on a held-out
 * part can be compared between runs and releases.
 *
 * @param kept indices that stay, ascending
 * @param held indices held out, ascending
 */
record Holdout(int[] kept, int[] held) {
  private static final long SEED = 1998;

  /** Of a class of so many images, a tenth (rounded, at least one) is held out; of one, none. */
  static final IntUnaryOperator TENTH = count -> count < 2 ? 0 : Math.max(1, (count + 5) / 10);

  /**
   * @param candidates indices to divide
   * @param labels class of every image, by index
   * @param classes how many classes there are
   * @param heldOut how many of a class of so many candidates to hold out
   */
  static Holdout of(int[] candidates, int[] labels, int classes, IntUnaryOperator heldOut) {
    BitSet held = new BitSet();
    for (int c = 0; c < classes; c++) {
      int label = c;
      int[] members = Arrays.stream(candidates).filter(i -> labels[i] == label).toArray();
      SplittableRandom random = Streams.HOLDOUT.of(SEED, label);
      int[] order = Streams.permutation(members.length, random);
      for (int k = 0; k < heldOut.applyAsInt(members.length); k++) {
        held.set(members[order[k]]);
      }
    }
    return new Holdout(
        Arrays.stream(candidates).filter(i -> !held.get(i)).sorted().toArray(),
        held.stream().toArray());
  }

  /** Divides all images. */
  static Holdout of(RawImages images, IntUnaryOperator heldOut) {
    int[] all = new int[images.labels().length];
    Arrays.setAll(all, i -> i);
    return of(all, images.labels(), images.classNames().size(), heldOut);
  }
}
