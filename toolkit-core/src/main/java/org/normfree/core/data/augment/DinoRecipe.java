package org.normfree.core.data.augment;

import java.util.Collections;
import java.util.List;

/**
 * What DINO (arXiv 2104.14294) does to its crops (facebookresearch/dino 7c446df, {@code
 * DataAugmentationDINO}): a crop, a flip, {@code ColorJitter(0.4, 0.4, 0.2, 0.1)} with probability
 * 0.8, grey with 0.2, blur with a probability that depends on which crop it is, and solarizing of
 * some of the second global one.
 *
 * <p>The published crops are {@code square(224, 0.25, 1)} and {@code square(96, 0.05, 0.25)} of
 * {@link RandomResizedCrop}.
 */
public final class DinoRecipe {
  private static final Transform JITTER = new ColorJitter(0.4, 0.4, 0.2, 0.1).withProbability(0.8);
  private static final Transform GRAY = new Grayscale().withProbability(0.2);

  private DinoRecipe() {}

  /**
   * The two crops that teacher and student see: the first always blurred, the second blurred with
   * probability 0.1 and solarized with 0.2.
   *
   * @param crop where they are taken
   * @return a recipe for each
   */
  public static List<Transform> globals(Transform crop) {
    return List.of(
        recipe(crop, 1),
        Transform.sequence(recipe(crop, 0.1), Solarize.USUAL.withProbability(0.2)));
  }

  /**
   * The crops that only the student sees, blurred with probability ½.
   *
   * @param crop where they are taken
   * @param count how many
   * @return a recipe for each
   */
  public static List<Transform> locals(Transform crop, int count) {
    return Collections.nCopies(count, recipe(crop, 0.5));
  }

  private static Transform recipe(Transform crop, double blur) {
    return Transform.sequence(
        crop, new HorizontalFlip(), JITTER, GRAY, GaussianBlur.USUAL.withProbability(blur));
  }
}
