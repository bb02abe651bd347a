package org.normfree.core.data;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.InputException;

/**
 * Labelled images as a file stores them, a byte a value; kept so until it is known which part of a
 * data set each belongs to, because as floats they take four times the memory.
 *
 * @param pixels values 0 … {@code white} of each image, row-major [height, width, channels]
 * @param labels class index of each image
 * @param height pixels down
 * @param width pixels across
 * @param channels 1 or 3
 * @param classNames a name a class
 * @param white the value that becomes 1
 */
record RawImages(
    byte[][] pixels,
    int[] labels,
    int height,
    int width,
    int channels,
    List<String> classNames,
    int white) {
  /** The chosen images, in the given order, scaled to [0, 1]. */
  Images select(int[] indices) {
    int size = height * width * channels;
    if ((long) indices.length * size > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s images of %s×%s pixels are more than one array holds; choose a smaller data.size"
              .formatted(indices.length, height, width));
    }
    float[] scaled = new float[indices.length * size];
    int[] chosen = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      byte[] image = pixels[indices[i]];
      for (int k = 0; k < size; k++) {
        scaled[i * size + k] = (image[k] & 0xFF) / (float) white;
      }
      chosen[i] = labels[indices[i]];
    }
    return new Images(scaled, chosen, height, width, channels, classNames);
  }

  /** All images, scaled to [0, 1]. */
  Images all() {
    int[] indices = new int[labels.length];
    Arrays.setAll(indices, i -> i);
    return select(indices);
  }
}
