package org.normfree.core.data;

import java.util.List;

/**
 * Labelled images of one size in memory.
 *
 * @param pixels values in [0, 1], row-major [count, height, width, channels]
 * @param labels class index of each image
 * @param height pixels down
 * @param width pixels across
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param classNames a name a class; its size is the number of classes
 */
public record Images(
    float[] pixels, int[] labels, int height, int width, int channels, List<String> classNames) {
  /** How many images there are. */
  public int count() {
    return labels.length;
  }

  /** Values of one image: height × width × channels. */
  public int imageSize() {
    return height * width * channels;
  }

  /** Shape of one image: height, width, channels. */
  public long[] shape() {
    return new long[] {height, width, channels};
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }
}
