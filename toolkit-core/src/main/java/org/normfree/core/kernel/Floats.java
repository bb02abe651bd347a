package org.normfree.core.kernel;

import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.NormfreeOp;

/**
 * A row-major FLOAT array as the kernels see it: rows that are copied to and from {@code float[]}.
 */
final class Floats {
  private final FloatBuffer buffer;
  private final int start;

  /** Length of a row: the last axis. */
  final int columns;

  /** Number of rows: everything before the last axis. */
  final int rows;

  Floats(INDArray array) {
    FloatBuffer whole = array.data().asNioFloat();
    this.buffer = whole;
    this.start = whole.position();
    this.columns = Math.toIntExact(array.rank() == 0 ? 1 : array.size(array.rank() - 1));
    this.rows = Math.toIntExact(array.length() / columns);
  }

  /** Where an array's first element lies in memory. */
  static long address(INDArray array) {
    Pointer pointer = array.data().pointer();
    return pointer.address() + (pointer.position() + array.offset()) * Float.BYTES;
  }

  /** Whether all arrays are FLOAT and row-major, so that kernels can work on them. */
  static boolean suit(List<INDArray> inputs, List<INDArray> outputs) {
    return inputs.stream().allMatch(Floats::suits) && outputs.stream().allMatch(Floats::suits);
  }

  private static boolean suits(INDArray array) {
    return array.dataType() == DataType.FLOAT && !array.isEmpty() && NormfreeOp.isRowMajor(array);
  }

  int length() {
    return rows * columns;
  }

  void get(int row, float[] destination) {
    buffer.get(start + row * columns, destination, 0, columns);
  }

  void put(int row, float[] source) {
    buffer.put(start + row * columns, source, 0, columns);
  }

  void get(int index, float[] destination, int offset, int length) {
    buffer.get(start + index, destination, offset, length);
  }

  void put(int index, float[] source, int offset, int length) {
    buffer.put(start + index, source, offset, length);
  }

  float scalar() {
    return buffer.get(start);
  }

  float[] toArray() {
    float[] values = new float[length()];
    buffer.get(start, values, 0, values.length);
    return values;
  }
}
