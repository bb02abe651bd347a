package org.normfree.core.data.augment;

/** How values between pixels are found. */
public enum Interpolation {
  /** A triangle, {@code 1 − |d|} within a pixel's distance. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },
  /** Keys' cubic with a = −½ within two pixels' distance (Pillow, torchvision with antialias). */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double d = Math.abs(distance);
      if (d < 1) {
        return ((A + 2) * d - (A + 3)) * d * d + 1;
      }
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /** Beyond this distance, in pixels of the coarser grid, the weight is 0. */
  double support() {
    return support;
  }

  /** What a pixel at this distance, in pixels of the coarser grid, counts. */
  abstract double weight(double distance);
}
