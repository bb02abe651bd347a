package org.normfree.core.data;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.Image;

/**
 * Shifts and scales each channel: {@code (pixel - mean) / std}.
 *
 * @param mean a mean a channel
 * @param std a standard deviation a channel, above 0
 */
public record Normalization(float[] mean, float[] std) {
  /**
   * @throws InputException if the lengths differ, a mean is not finite, or a standard deviation is
   *     not finite and above 0
   */
  public Normalization {
    boolean valid = mean.length == std.length && mean.length > 0;
    for (int c = 0; valid && c < mean.length; c++) {
      valid = Float.isFinite(mean[c]) && Float.isFinite(std[c]) && std[c] > 0;
    }
    if (!valid) {
      throw new InputException(
          "cannot normalize with means %s and standard deviations %s; expected a finite number a"
                  .formatted(Arrays.toString(mean), Arrays.toString(std))
              + " channel, each deviation above 0");
    }
  }

  /**
   * The statistics of a set of images, over all images and positions; give it the training part, so
   * that nothing is known about the others. A channel that is the same everywhere keeps its scale.
   *
   * @param images at least one image
   * @return per-channel mean and (population) standard deviation
   */
  public static Normalization of(Images images) {
    int channels = images.channels();
    float[] pixels = images.pixels();
    if (pixels.length == 0) {
      throw new IllegalArgumentException("no images to take statistics of");
    }
    double perChannel = pixels.length / (double) channels;
    double[] mean = new double[channels];
    for (int k = 0; k < pixels.length; k++) {
      mean[k % channels] += pixels[k] / perChannel;
    }
    double[] variance = new double[channels];
    for (int k = 0; k < pixels.length; k++) {
      double deviation = pixels[k] - mean[k % channels];
      variance[k % channels] += deviation * deviation / perChannel;
    }
    float[] centre = new float[channels];
    float[] scale = new float[channels];
    for (int c = 0; c < channels; c++) {
      centre[c] = (float) mean[c];
      float std = (float) Math.sqrt(variance[c]);
      scale[c] = std > 1e-6f ? std : 1;
    }
    return new Normalization(centre, scale);
  }

  /**
   * Normalizes images and puts them into one array.
   *
   * @param batch images of one shape, at least one
   * @return values, row-major [images, height, width, channels]
   */
  Batch.Reals batch(List<Image> batch) {
    Image first = batch.get(0);
    float[] values = new float[batch.size() * first.pixels().length];
    int target = 0;
    for (Image image : batch) {
      float[] pixels = image.pixels();
      for (int k = 0; k < pixels.length; k++) {
        int c = k % mean.length;
        values[target++] = (pixels[k] - mean[c]) / std[c];
      }
    }
    return new Batch.Reals(values, batch.size(), first.height(), first.width(), first.channels());
  }
}
