package org.normfree.core.task;

import org.bytedeco.javacpp.BytePointer;

/**
 * Native scratch memory for tasks that no plan gives any; one after the other they may all use it.
 * Not for several threads at a time.
 */
public final class ScratchMemory implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private BytePointer memory = Natives.memory(ALIGNMENT);

  /** Makes sure that there is so much. */
  private long of(long bytes) {
    if (memory.capacity() < bytes + ALIGNMENT) {
      memory.deallocate();
      memory = Natives.memory(bytes + bytes / 2 + ALIGNMENT);
    }
    return (memory.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Places a task's scratch memory, if it needs some; to be called before each run.
   *
   * @param task a prepared task
   * @param before where it lay in the run before; 0 at first
   * @return where it lies now
   */
  public long place(Task task, long before) {
    long bytes = task.scratchBytes();
    if (bytes == 0) {
      return before;
    }
    long address = of(bytes);
    if (address != before) {
      task.place(address);
    }
    return address;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    memory.deallocate();
  }
}
