package org.normfree.core.model.image;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which patches of an image a masked autoencoder hides: those behind the first {@code kept} in a
 * random order. The published code takes the order that sorts uniform noise; a training run draws
 * the kept patches as a {@link org.normfree.core.nn.Distribution.Choice}, which is the same
 * distribution. Source: arXiv 2111.06377 and its repository facebookresearch/mae.
 *
 * @param order patch numbers, those that are kept first
 * @param kept how many are kept
 */
public record Masking(int[] order, int kept) {
  /**
   * How many patches are kept: {@code ⌊patches·(1 − ratio)⌋} in the arithmetic of doubles, without
   * rounding, so that a ratio of 0.9 keeps none of 10.
   *
   * @param patches patches of an image
   * @param ratio share that is hidden
   */
  public static int kept(int patches, double ratio) {
    return (int) (patches * (1 - ratio));
  }

  /**
   * The masking that the published code makes of noise.
   *
   * @param noise a number a patch; equal ones stay in order
   * @param ratio share that is hidden
   */
  public static Masking ofNoise(double[] noise, double ratio) {
    int[] order =
        IntStream.range(0, noise.length)
            .boxed()
            .sorted(Comparator.comparingDouble(patch -> noise[patch]))
            .mapToInt(patch -> patch)
            .toArray();
    return new Masking(order, kept(noise.length, ratio));
  }

  /** The patches that are kept, in the order in which an encoder sees them. */
  public int[] visible() {
    return Arrays.copyOf(order, kept);
  }

  /** For each patch its place in the order (ids_restore). */
  public int[] places() {
    int[] places = new int[order.length];
    for (int place = 0; place < order.length; place++) {
      places[order[place]] = place;
    }
    return places;
  }

  /** For each patch 1 if it is hidden, 0 if it is kept. */
  public int[] mask() {
    return Arrays.stream(places()).map(place -> place < kept ? 0 : 1).toArray();
  }
}
