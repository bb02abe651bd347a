package org.normfree.core.kernel;

import org.bytedeco.dnnl.memory;
import org.normfree.core.task.Tensor;

/**
 * A batch of images or sequences, channels first or last; a sequence is an image of height 1.
 *
 * @param address where it starts
 * @param batch number of images
 * @param channels number of channels
 * @param height rows
 * @param width columns
 * @param channelsLast whether the channels of a pixel lie side by side
 */
record Image(
    long address, long batch, long channels, long height, long width, boolean channelsLast) {
  /** Of an array [batch, channels, (height,) width] or [batch, (height,) width, channels]. */
  static Image of(Tensor tensor, boolean channelsLast) {
    long[] shape = tensor.shape();
    int rank = shape.length;
    int first = channelsLast ? 1 : 2;
    long height = rank == 4 ? shape[first] : 1;
    long width = shape[rank == 4 ? first + 1 : first];
    long channels = shape[channelsLast ? rank - 1 : 1];
    return new Image(tensor.address(), shape[0], channels, height, width, channelsLast);
  }

  /** Number of values. */
  long length() {
    return batch * channels * height * width;
  }

  /** Height and width. */
  long[] area() {
    return new long[] {height, width};
  }

  /** Some of the images. */
  Image part(long from, long to) {
    long size = channels * height * width * Float.BYTES;
    return new Image(address + from * size, to - from, channels, height, width, channelsLast);
  }

  /** The same sizes elsewhere. */
  Image at(long elsewhere) {
    return new Image(elsewhere, batch, channels, height, width, channelsLast);
  }

  private long[] sizes() {
    return new long[] {batch, channels, height, width};
  }

  /** How it lies. */
  memory.desc layout() {
    long pixels = height * width;
    long[] strides =
        channelsLast
            ? new long[] {pixels * channels, 1, width * channels, channels}
            : new long[] {pixels * channels, pixels, width, 1};
    return new memory.desc(sizes(), memory.data_type.f32, strides);
  }

  /** The layout as it lies if that is channels last, else one of oneDNN's choice. */
  memory.desc preferred() {
    return channelsLast ? layout() : anyLayout();
  }

  /** A layout of oneDNN's choice. */
  memory.desc anyLayout() {
    return new memory.desc(sizes(), memory.data_type.f32, memory.format_tag.any);
  }
}
