package org.normfree.core.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.normfree.core.task.Tensor;

/**
 * A row-major FLOAT array in CPU memory, from and to which rows are copied; by several threads at a
 * time if they like.
 */
final class Floats {
  /** The largest array that one buffer reaches, in floats. */
  static final long MOST = Integer.MAX_VALUE / Float.BYTES;

  private final FloatBuffer buffer;

  /** Length of a row: the last axis. */
  final int columns;

  /** Number of rows: everything before the last axis. */
  final int rows;

  /**
   * @param tensor an array of at most {@link #MOST} floats
   */
  Floats(Tensor tensor) {
    buffer = pointer(tensor.address(), tensor.length()).asBuffer();
    columns = tensor.columns();
    rows = tensor.rows();
  }

  private static final class Place extends FloatPointer {
    Place(long address, long length) {
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }

  /** Floats that lie at an address and belong to somebody else. */
  static FloatPointer pointer(long address, long length) {
    return new Place(address, length);
  }

  int length() {
    return rows * columns;
  }

  /** Copies rows into a block whose rows lie {@code stride} floats apart. */
  void read(int row, int count, float[] block, int stride) {
    read(row, count, block, 0, stride);
  }

  /** The same from a row of the block on. */
  void read(int row, int count, float[] block, int at, int stride) {
    if (stride == columns) {
      read(row * columns, block, at * columns, count * columns);
    } else {
      for (int i = 0; i < count; i++) {
        int start = (at + i) * stride;
        read((row + i) * columns, block, start, columns);
        Arrays.fill(block, start + columns, start + stride, 0);
      }
    }
  }

  /** Copies rows out of a block whose rows lie {@code stride} floats apart. */
  void write(int row, int count, float[] block, int stride) {
    if (stride == columns) {
      write(row * columns, block, 0, count * columns);
    } else {
      for (int i = 0; i < count; i++) {
        write((row + i) * columns, block, i * stride, columns);
      }
    }
  }

  void read(int index, float[] destination, int offset, int length) {
    buffer.get(index, destination, offset, length);
  }

  void write(int index, float[] source, int offset, int length) {
    buffer.put(index, source, offset, length);
  }

  /** Copies all elements to the beginning of an array; a single one to as many as are asked for. */
  void readRow(float[] row, int length) {
    if (length() == 1) {
      Arrays.fill(row, 0, length, buffer.get(0));
    } else {
      buffer.get(0, row, 0, length);
    }
  }
}
