package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What each tap of a window sees of a batch of images, for reference arithmetic.
 *
 * @param height how the window moves down
 * @param width how it moves to the right
 * @param padded the images with their padding, [batch, height, width, channels]
 */
record Taps(WindowAxis height, WindowAxis width, INDArray padded) {
  /**
   * Of images or sequences.
   *
   * @param plane how the window moves along height and width
   * @param x [batch, (height,) width, channels]
   * @param padding what stands around them
   */
  static Taps of(List<WindowAxis> plane, INDArray x, double padding) {
    Taps taps = around(plane, x, padding);
    taps.inner().assign(image(x));
    return taps;
  }

  /** The same around zeros of the shape of x. */
  static Taps zeros(List<WindowAxis> plane, INDArray x) {
    return around(plane, x, 0);
  }

  private static Taps around(List<WindowAxis> plane, INDArray x, double padding) {
    WindowAxis height = plane.get(0);
    WindowAxis width = plane.get(1);
    long[] shape = image(x).shape();
    long rows = height.before() + shape[1] + height.after();
    long columns = width.before() + shape[2] + width.after();
    INDArray padded =
        Nd4j.valueArrayOf(new long[] {shape[0], rows, columns, shape[3]}, padding, x.dataType());
    return new Taps(height, width, padded);
  }

  /** A sequence is an image of height 1. */
  static INDArray image(INDArray x) {
    return x.rank() == 4 ? x : x.reshape('c', x.size(0), 1, x.size(1), x.size(2));
  }

  /** The images without their padding, a view. */
  INDArray inner() {
    return padded.get(
        NDArrayIndex.all(),
        NDArrayIndex.interval(height.before(), padded.size(1) - height.after()),
        NDArrayIndex.interval(width.before(), padded.size(2) - width.after()),
        NDArrayIndex.all());
  }

  /** Number of taps. */
  int count() {
    return Math.toIntExact(height.size() * width.size());
  }

  /** Number of outputs of a channel: batch times rows times columns. */
  long outputs() {
    return padded.size(0) * rows() * columns();
  }

  private long rows() {
    return (padded.size(1) - height.reach()) / height.stride() + 1;
  }

  private long columns() {
    return (padded.size(2) - width.reach()) / width.stride() + 1;
  }

  /** What a tap sees, [batch, rows, columns, channels] of the result, a view. */
  INDArray at(int tap) {
    long channels = padded.size(3);
    long row = padded.size(2) * channels;
    long[] shape = {padded.size(0), rows(), columns(), channels};
    long[] strides = {padded.size(1) * row, height.stride() * row, width.stride() * channels, 1};
    long offset =
        tap / width.size() * height.dilation() * row
            + tap % width.size() * width.dilation() * channels;
    return Nd4j.create(padded.data(), shape, strides, offset, 'c');
  }
}
