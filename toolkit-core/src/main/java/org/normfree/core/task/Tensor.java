package org.normfree.core.task;

import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A row-major array as kernels see it: where it lies, what it holds, its shape.
 *
 * @param address where the first element lies, in CPU memory
 * @param type type of the elements
 * @param shape sizes of the axes, the last one fastest
 */
public record Tensor(long address, DataType type, long... shape) {
  /**
   * The memory of an array.
   *
   * @param array a row-major array; it must stay open as long as the tensor is used
   */
  public static Tensor of(INDArray array) {
    Pointer pointer = array.data().pointer();
    long first = pointer.position() + array.offset();
    return new Tensor(
        pointer.address() + first * array.dataType().width(), array.dataType(), array.shape());
  }

  /** Number of elements. */
  public long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }

  /** Length of a row: the last axis; 1 for a scalar. */
  public int columns() {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
  }

  /** Number of rows: everything before the last axis. */
  public int rows() {
    return Math.toIntExact(length() / Math.max(1, columns()));
  }

  /** Number of bytes. */
  public long bytes() {
    return length() * type.width();
  }

  /** The same memory with another shape of the same length. */
  public Tensor reshaped(long... newShape) {
    return new Tensor(address, type, newShape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && address == tensor.address
        && type == tensor.type
        && Arrays.equals(shape, tensor.shape);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(address) * 31 + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
