package org.normfree.core.data.augment;

import java.util.SplittableRandom;
import org.normfree.core.InputException;

/**
 * Changes brightness, contrast, saturation and hue, in a random order (torchvision's {@code
 * ColorJitter}). The first three get a factor from U(max(0, 1−s), 1+s), the hue a turn from U(−s,
 * s). Of a grey image only brightness and contrast change.
 *
 * @param brightness s, 0 for none
 * @param contrast s, 0 for none
 * @param saturation s, 0 for none
 * @param hue s, a share of the circle, at most ½; 0 for none
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {
  private static final int CHANGES = 4;

  /**
   * @throws InputException if a strength is negative or not finite, or the hue's above ½
   */
  public ColorJitter {
    for (double strength : new double[] {brightness, contrast, saturation, hue}) {
      if (!(strength >= 0 && Double.isFinite(strength))) {
        throw new InputException(
            "a strength of colour jitter is %s, expected 0 (none) or more".formatted(strength));
      }
    }
    if (hue > 0.5) {
      throw new InputException(
          "the hue's jitter is %s, expected at most 0.5, half of the circle".formatted(hue));
    }
  }

  @Override
  public Image apply(Image image, SplittableRandom random) {
    int[] order = new int[CHANGES];
    for (int i = 0; i < CHANGES; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    double[] amounts = {
      factor(brightness, random),
      factor(contrast, random),
      factor(saturation, random),
      new Interval(-hue, hue).draw(random)
    };
    return apply(image, order, amounts);
  }

  /** Brightness (0), contrast (1), saturation (2) and hue (3) by these amounts, in this order. */
  Image apply(Image image, int[] order, double... amounts) {
    Image result = image;
    for (int change : order) {
      result =
          switch (change) {
            case 0 -> brightness > 0 ? Coloring.brightness(result, amounts[0]) : result;
            case 1 -> contrast > 0 ? Coloring.contrast(result, amounts[1]) : result;
            case 2 -> saturation > 0 ? Coloring.saturation(result, amounts[2]) : result;
            default -> hue > 0 ? Coloring.hue(result, amounts[3]) : result;
          };
    }
    return result;
  }

  private static double factor(double strength, SplittableRandom random) {
    return new Interval(Math.max(0, 1 - strength), 1 + strength).draw(random);
  }
}
