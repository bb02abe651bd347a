package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * A few operations of equal strength, each drawn anew with equal probability (arXiv 1909.13719).
 * Operations and magnitudes are those of torchvision's {@code RandAugment} with 31 bins, see {@link
 * Operation}; what is moved takes the nearest pixel, what comes in from outside is black.
 *
 * @param operations how many an image, N
 * @param magnitude how strong, M, 0 … 30
 */
public record RandAugment(int operations, int magnitude) implements Transform {
  /** The largest magnitude. */
  public static final int LARGEST = 30;

  /**
   * @throws InputException if there is no operation or no such magnitude
   */
  public RandAugment {
    if (operations < 1) {
      throw new InputException(
          "RandAugment with %s operations: expected at least 1".formatted(operations));
    }
    if (magnitude < 0 || magnitude > LARGEST) {
      throw new InputException(
          "RandAugment of magnitude %s: expected 0 … %s".formatted(magnitude, LARGEST));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    Operation[] all = Operation.values();
    Image result = image;
    for (int i = 0; i < operations; i++) {
      Operation operation = all[random.nextInt(all.length)];
      double amount = operation.amount(magnitude / (double) LARGEST, image.size());
      boolean negative = operation.signed() && random.nextInt(2) == 1;
      result = operation.apply(result, negative ? -amount : amount);
    }
    return result;
  }
}
