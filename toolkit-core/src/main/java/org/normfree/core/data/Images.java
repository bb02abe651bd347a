package org.normfree.core.data;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.ImageSize;

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

  /** Height and width of one image. */
  public ImageSize size() {
    return new ImageSize(height, width);
  }

  /**
   * @param index an image's number, from 0
   * @return the image, in an array of its own
   */
  public Image image(int index) {
    int from = index * imageSize();
    return new Image(Arrays.copyOfRange(pixels, from, from + imageSize()), height, width, channels);
  }

  /** The class index of each of the chosen images. */
  int[] labels(int... chosen) {
    return Arrays.stream(chosen).map(image -> labels[image]).toArray();
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }
}
