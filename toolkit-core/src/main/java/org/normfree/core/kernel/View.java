package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.task.Tensor;

/**
 * How oneDNN reads or writes an array: where it starts, what it holds, its sizes, and how many
 * elements lie between neighbours along each axis.
 *
 * @param address of the first element
 * @param type FLOAT or BFLOAT16
 * @param sizes sizes of the axes
 * @param strides strides in elements
 */
record View(long address, DataType type, long[] sizes, long[] strides) {
  /** The array as it lies. */
  static View of(Tensor tensor) {
    return of(tensor.address(), tensor.type(), tensor.shape());
  }

  /** A row-major array. */
  static View of(long address, DataType type, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return new View(address, type, sizes, strides);
  }

  /** A matrix of an array's rows. */
  static View matrix(Tensor tensor) {
    return of(tensor.address(), tensor.type(), tensor.rows(), tensor.columns());
  }

  /** The heads of a row-major [batch, tokens, heads·width], as [batch, heads, tokens, width]. */
  static View heads(long address, long batch, long heads, long tokens, long width) {
    long channels = heads * width;
    return new View(
        address,
        DataType.FLOAT,
        new long[] {batch, heads, tokens, width},
        new long[] {tokens * channels, width, channels, 1});
  }

  /** The same memory with the last two axes swapped. */
  View transposed() {
    return new View(address, type, swapped(sizes), swapped(strides));
  }

  /** The elements {@code from} to {@code to} along an axis. */
  View part(int axis, long from, long to) {
    long[] fewer = sizes.clone();
    fewer[axis] = to - from;
    return new View(address + from * strides[axis] * type.width(), type, fewer, strides);
  }

  private static long[] swapped(long[] values) {
    long[] result = values.clone();
    int last = values.length - 1;
    result[last] = values[last - 1];
    result[last - 1] = values[last];
    return result;
  }

  /** Type, sizes and strides: what {@link #descriptor} depends on. */
  List<Long> layout() {
    return LongStream.concat(
            LongStream.of(type.toInt()),
            LongStream.concat(Arrays.stream(sizes), Arrays.stream(strides)))
        .boxed()
        .toList();
  }

  memory.desc descriptor() {
    memory.data_type element =
        type == DataType.BFLOAT16 ? memory.data_type.bf16 : memory.data_type.f32;
    return new memory.desc(sizes, element, strides);
  }
}
