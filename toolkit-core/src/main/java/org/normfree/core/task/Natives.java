package org.normfree.core.task;

import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Makes native objects that outlive the {@link PointerScope} their maker may be in: whoever closes
 * a scope around a run must not free what later runs need.
 */
public final class Natives {
  private Natives() {}

  /**
   * Makes something apart from the caller's scope. What is native of it is freed when it is no
   * longer reachable.
   *
   * @param maker makes it
   */
  @SuppressWarnings(
      "unchecked") // an older JavaCPP, the CUDA build's, has a varargs constructor only
  public static <T> T apart(Supplier<T> maker) {
    try (PointerScope scope = new PointerScope()) {
      T made = maker.get();
      scope.extend();
      return made;
    }
  }

  /**
   * Zeroed memory apart from the caller's scope. The system hands a large one out page by page, as
   * it is written to for the first time: by those who use it, who may be several threads.
   *
   * @param bytes its size
   * @return freed by {@code deallocate}, or when neither it nor a pointer made from it is reachable
   * @throws OutOfMemoryError if there is not as much
   */
  public static BytePointer memory(long bytes) {
    return apart(() -> new Zeroed(bytes));
  }

  private static final class Zeroed extends BytePointer {
    Zeroed(long bytes) {
      super(calloc(1, bytes));
      if (isNull()) {
        throw new OutOfMemoryError("no %s bytes of native memory are left".formatted(bytes));
      }
      capacity(bytes);
      Pointer memory = new Pointer(this); // has no deallocator, so it does not keep this alive
      deallocator(() -> free(memory));
    }
  }
}
