package org.normfree.core.kernel;

import org.bytedeco.dnnl.memory;

/**
 * How a product reads or writes an array: sizes, and how many floats lie between neighbours along
 * each axis.
 *
 * @param sizes sizes of the axes
 * @param strides strides in floats
 */
record View(long[] sizes, long[] strides) {
  /** A row-major matrix. */
  static View matrix(long rows, long columns) {
    return new View(new long[] {rows, columns}, new long[] {columns, 1});
  }

  /** The heads of a row-major [batch, tokens, heads·width], as [batch, heads, tokens, width]. */
  static View heads(long batch, long heads, long tokens, long width) {
    long channels = heads * width;
    return new View(
        new long[] {batch, heads, tokens, width},
        new long[] {tokens * channels, width, channels, 1});
  }

  /** A row-major [batch, heads, tokens, keys]. */
  static View scores(long batch, long heads, long tokens, long keys) {
    return new View(
        new long[] {batch, heads, tokens, keys},
        new long[] {heads * tokens * keys, tokens * keys, keys, 1});
  }

  /** The same memory with the last two axes swapped. */
  View transposed() {
    return new View(swapped(sizes), swapped(strides));
  }

  private static long[] swapped(long[] values) {
    long[] result = values.clone();
    int last = values.length - 1;
    result[last] = values[last - 1];
    result[last - 1] = values[last];
    return result;
  }

  memory.desc descriptor() {
    return new memory.desc(sizes, memory.data_type.f32, strides);
  }
}
