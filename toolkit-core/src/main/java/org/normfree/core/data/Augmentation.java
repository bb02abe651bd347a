package org.normfree.core.data;

import org.normfree.core.InputException;
import org.normfree.core.data.augment.Shift;
import org.normfree.core.data.augment.Transform;

/**
 * How training images are varied and their labels softened.
 *
 * @param cropPadding black pixels put around an image before a crop of the original size is taken
 *     at a random place, see {@link Shift}; 0 for none
 * @param flip whether each image is mirrored left to right with probability ½
 * @param transform what is done to each image after that
 * @param mixupAlpha α of mixup (arXiv 1710.09412): with one λ ~ Beta(α, α) a batch, each image and
 *     label becomes {@code λ·own + (1-λ)·another's}; 0 for none
 * @param cutmixAlpha α of cutmix (arXiv 1905.04899): a rectangle of each image becomes another's,
 *     and of its label the same share, λ ~ Beta(α, α) of the area staying its own as far as the
 *     rectangle lies inside; 0 for none. With both, each batch has one of them, with equal
 *     probability
 * @param labelSmoothing ε of label smoothing (arXiv 1512.00567): a one-hot label y becomes {@code
 *     (1-ε)·y + ε/classes}; 0 for none
 */
public record Augmentation(
    int cropPadding,
    boolean flip,
    Transform transform,
    double mixupAlpha,
    double cutmixAlpha,
    double labelSmoothing) {
  /** Images and labels as they are. */
  public static final Augmentation NONE = new Augmentation(0, false, 0, 0);

  /**
   * @throws InputException if the padding or an α is negative or not finite, or ε is outside [0, 1)
   */
  public Augmentation {
    new Shift(cropPadding);
    if (!(mixupAlpha >= 0 && Double.isFinite(mixupAlpha))) {
      throw new InputException(
          "mixup alpha is %s, expected 0 (no mixup) or a positive number".formatted(mixupAlpha));
    }
    if (!(cutmixAlpha >= 0 && Double.isFinite(cutmixAlpha))) {
      throw new InputException(
          "cutmix alpha is %s, expected 0 (no cutmix) or a positive number".formatted(cutmixAlpha));
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new InputException(
          "label smoothing is %s, expected a number in [0, 1)".formatted(labelSmoothing));
    }
  }

  /** With neither a further transform nor cutmix. */
  public Augmentation(int cropPadding, boolean flip, double mixupAlpha, double labelSmoothing) {
    this(cropPadding, flip, Transform.sequence(), mixupAlpha, 0, labelSmoothing);
  }
}
