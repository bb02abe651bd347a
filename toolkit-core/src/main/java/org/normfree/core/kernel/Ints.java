package org.normfree.core.kernel;

import java.nio.IntBuffer;
import org.bytedeco.javacpp.IntPointer;
import org.normfree.core.task.Tensor;

/** A row-major INT array in CPU memory, to be read by several threads at a time. */
final class Ints {
  private final IntBuffer buffer;

  /** Number of elements. */
  final int length;

  Ints(Tensor tensor) {
    length = Math.toIntExact(tensor.length());
    buffer = new Place(tensor.address(), length).asBuffer();
  }

  private static final class Place extends IntPointer {
    Place(long address, long length) {
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }

  int get(int index) {
    return buffer.get(index);
  }
}
