package org.normfree.core.exec;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.task.Natives;

/**
 * Native memory that all plans of an executor share, since one runs at a time: blocks, of which
 * more are added when a plan needs more. Places are offsets that count through all blocks; between
 * two blocks lies a gap, so that nothing reaches from one into the other.
 */
final class Arena implements AutoCloseable {
  /** Values start at multiples of it, so that no two share a line of any cache. */
  static final long ALIGNMENT = 64;

  private static final long PAGE = 4096;

  private final TreeMap<Long, Block> blocks = new TreeMap<>();
  private long end;

  /** Memory from an address that is a multiple of a page. */
  private record Block(BytePointer memory, long start, long bytes) {
    static Block of(long bytes) {
      BytePointer memory = Natives.memory(bytes + PAGE);
      long start = (PAGE - memory.address() % PAGE) % PAGE;
      return new Block(memory, start, bytes);
    }
  }

  static long rounded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** All of it, to be given out. */
  Holes holes() {
    Holes holes = new Holes(blocks.isEmpty() ? 0 : end + ALIGNMENT);
    blocks.forEach((offset, block) -> holes.add(offset, block.bytes()));
    return holes;
  }

  /** Adds memory for the places up to an offset that {@link Holes} has reached. */
  void growTo(long newEnd) {
    long from = blocks.isEmpty() ? 0 : end + ALIGNMENT;
    if (newEnd > from) {
      blocks.put(from, Block.of(newEnd - from));
      end = newEnd;
    }
  }

  /** Bytes of all blocks. */
  long bytes() {
    return blocks.values().stream().mapToLong(Block::bytes).sum();
  }

  /** Where the byte at an offset lies. */
  long address(long offset) {
    Map.Entry<Long, Block> block = blocks.floorEntry(offset);
    return block.getValue().memory().address() + block.getValue().start() + offset - block.getKey();
  }

  /** A row-major array at an offset in bytes, which keeps the memory as long as it is reachable. */
  INDArray array(long offset, DataType type, long... shape) {
    Map.Entry<Long, Block> block = blocks.floorEntry(offset);
    long first = block.getValue().start() + offset - block.getKey();
    return array(block.getValue().memory(), first, type, shape);
  }

  static INDArray array(BytePointer memory, long offset, DataType type, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    DataBuffer buffer = Nd4j.createBuffer(memory.getPointer(offset), length, type);
    return shape.length == 0
        ? Nd4j.create(buffer, new long[0], new long[0], 0, 'c', type)
        : Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), 0, 'c', type);
  }

  /** Frees the memory at once, whoever still has an array on it. */
  @Override
  public void close() {
    blocks.values().forEach(block -> block.memory().deallocate());
    blocks.clear();
    end = 0;
  }
}
