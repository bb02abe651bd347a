package org.normfree.core.data.augment;

/**
 * What {@link RandAugment} may do. With strength s = magnitude / 30:
 *
 * <ul>
 *   <li>shears by ±0.3·s from the upper left corner, moves by ±⌊150/331·s·side⌋ pixels, turns by
 *       ±30°·s about the middle;
 *   <li>brightness, saturation, contrast and sharpness by a factor of 1 ± 0.9·s;
 *   <li>posterizes to 8 − round(4·s) bits, inverts values from 1 − s on;
 *   <li>stretches each channel to [0, 1], equalizes each channel's histogram, or does nothing.
 * </ul>
 */
enum Operation {
  IDENTITY(false, 0) {
    @Override
    Image apply(Image image, double amount) {
      return image;
    }
  },
  SHEAR_X(true, 0.3) {
    @Override
    Image apply(Image image, double amount) {
      return moved(image, (x, y) -> x + amount * y, (x, y) -> y);
    }
  },
  SHEAR_Y(true, 0.3) {
    @Override
    Image apply(Image image, double amount) {
      return moved(image, (x, y) -> x, (x, y) -> y + amount * x);
    }
  },
  TRANSLATE_X(true, 150 / 331.0) {
    @Override
    double amount(double strength, ImageSize size) {
      return Math.floor(super.amount(strength, size) * size.width());
    }

    @Override
    Image apply(Image image, double amount) {
      return moved(image, (x, y) -> x - amount, (x, y) -> y);
    }
  },
  TRANSLATE_Y(true, 150 / 331.0) {
    @Override
    double amount(double strength, ImageSize size) {
      return Math.floor(super.amount(strength, size) * size.height());
    }

    @Override
    Image apply(Image image, double amount) {
      return moved(image, (x, y) -> x, (x, y) -> y - amount);
    }
  },
  /** Counter-clockwise if positive. */
  ROTATE(true, 30) {
    @Override
    Image apply(Image image, double amount) {
      double cos = StrictMath.cos(Math.toRadians(amount));
      double sin = StrictMath.sin(Math.toRadians(amount));
      double middleX = image.width() / 2.0;
      double middleY = image.height() / 2.0;
      return moved(
          image,
          (x, y) -> middleX + cos * (x - middleX) - sin * (y - middleY),
          (x, y) -> middleY + sin * (x - middleX) + cos * (y - middleY));
    }
  },
  BRIGHTNESS(true, 0.9) {
    @Override
    Image apply(Image image, double amount) {
      return Coloring.brightness(image, 1 + amount);
    }
  },
  SATURATION(true, 0.9) {
    @Override
    Image apply(Image image, double amount) {
      return Coloring.saturation(image, 1 + amount);
    }
  },
  CONTRAST(true, 0.9) {
    @Override
    Image apply(Image image, double amount) {
      return Coloring.contrast(image, 1 + amount);
    }
  },
  /** Against a mean of 3×3 pixels in which the middle counts five times; the border stays. */
  SHARPNESS(true, 0.9) {
    @Override
    Image apply(Image image, double amount) {
      float[] pixels = image.pixels();
      float[] result = pixels.clone();
      int channels = image.channels();
      int row = image.width() * channels;
      for (int y = 1; y < image.height() - 1; y++) {
        for (int k = y * row + channels; k < (y + 1) * row - channels; k++) {
          float sum = 4 * pixels[k];
          for (int down = -row; down <= row; down += row) {
            sum += pixels[k + down - channels] + pixels[k + down] + pixels[k + down + channels];
          }
          result[k] = Coloring.blend(pixels[k], sum / 13, (float) (1 + amount));
        }
      }
      return image.with(result);
    }
  },
  POSTERIZE(false, 4) {
    @Override
    double amount(double strength, ImageSize size) {
      return 8 - Math.rint(super.amount(strength, size));
    }

    @Override
    Image apply(Image image, double amount) {
      int mask = -(1 << (8 - (int) amount));
      float[] result = new float[image.pixels().length];
      for (int k = 0; k < result.length; k++) {
        result[k] = (level(image.pixels()[k]) & mask) / WHITE;
      }
      return image.with(result);
    }
  },
  SOLARIZE(false, 1) {
    @Override
    double amount(double strength, ImageSize size) {
      return 1 - super.amount(strength, size);
    }

    @Override
    Image apply(Image image, double amount) {
      return Coloring.solarize(image, (float) amount);
    }
  },
  /** A channel that is the same everywhere stays. */
  AUTO_CONTRAST(false, 0) {
    @Override
    Image apply(Image image, double amount) {
      int channels = image.channels();
      float[] result = image.pixels().clone();
      for (int c = 0; c < channels; c++) {
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (int k = c; k < result.length; k += channels) {
          low = Math.min(low, result[k]);
          high = Math.max(high, result[k]);
        }
        for (int k = c; k < result.length && high > low; k += channels) {
          result[k] = Coloring.clamp((result[k] - low) / (high - low));
        }
      }
      return image.with(result);
    }
  },
  /**
   * By 256 levels: level v becomes {@code ⌊(n + ⌊q/2⌋) / q⌋} at most 255, with n the pixels below v
   * and q = ⌊pixels below the highest level that occurs / 255⌋. If q = 0, as in all images of less
   * than 256 pixels, the channel stays.
   */
  EQUALIZE(false, 0) {
    @Override
    Image apply(Image image, double amount) {
      int channels = image.channels();
      float[] result = image.pixels().clone();
      for (int c = 0; c < channels; c++) {
        int[] histogram = new int[256];
        int highest = 0;
        for (int k = c; k < result.length; k += channels) {
          int level = level(result[k]);
          histogram[level]++;
          highest = Math.max(highest, level);
        }
        int step = (result.length / channels - histogram[highest]) / 255;
        int[] below = new int[256];
        for (int v = 1; v < 256; v++) {
          below[v] = below[v - 1] + histogram[v - 1];
        }
        for (int k = c; k < result.length && step > 0; k += channels) {
          result[k] = Math.min(255, (below[level(result[k])] + step / 2) / step) / WHITE;
        }
      }
      return image.with(result);
    }
  };

  private static final float WHITE = 255;

  private final boolean signed;
  private final double most;

  Operation(boolean signed, double most) {
    this.signed = signed;
    this.most = most;
  }

  /** Whether it goes either way. */
  boolean signed() {
    return signed;
  }

  /** How much of it at a strength in [0, 1]. */
  double amount(double strength, ImageSize size) {
    return most * strength;
  }

  abstract Image apply(Image image, double amount);

  /** Where in the old image a coordinate of a place in the new one lies. */
  private interface Source {
    double at(double x, double y);
  }

  /** The pixels in which the sources of the new pixels' middles lie. */
  private static Image moved(Image image, Source across, Source down) {
    int channels = image.channels();
    float[] result = new float[image.pixels().length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int column = (int) Math.floor(across.at(x + 0.5, y + 0.5));
        int row = (int) Math.floor(down.at(x + 0.5, y + 0.5));
        if (column >= 0 && column < image.width() && row >= 0 && row < image.height()) {
          System.arraycopy(
              image.pixels(),
              (row * image.width() + column) * channels,
              result,
              (y * image.width() + x) * channels,
              channels);
        }
      }
    }
    return image.with(result);
  }

  private static int level(float value) {
    return Math.round(255 * value);
  }
}
