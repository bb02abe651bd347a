package org.normfree.core.exec;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One block of native memory that all values of a plan share. */
final class Arena implements AutoCloseable {
  /** Values start at multiples of it: a page, so that no two share a line of any cache. */
  static final long ALIGNMENT = 64;

  private static final long PAGE = 4096;

  private final BytePointer memory;
  private final long start;

  Arena(long bytes) {
    memory = new BytePointer(bytes + PAGE);
    start = (PAGE - memory.address() % PAGE) % PAGE;
    Pointer.memset(memory, 0, memory.capacity());
  }

  /** Where the byte at an offset lies. */
  long address(long offset) {
    return memory.address() + start + offset;
  }

  /** A row-major array at an offset in bytes; valid until the arena is closed. */
  INDArray array(long offset, DataType type, long... shape) {
    return array(memory, start + offset, type, shape);
  }

  static INDArray array(BytePointer memory, long offset, DataType type, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    DataBuffer buffer = Nd4j.createBuffer(memory.getPointer(offset), length, type);
    return shape.length == 0
        ? Nd4j.create(buffer, new long[0], new long[0], 0, 'c', type)
        : Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), 0, 'c', type);
  }

  @Override
  public void close() {
    memory.close();
  }
}
