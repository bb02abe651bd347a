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
   * Zeroed memory apart from the caller's scope.
   *
   * @param bytes its size
   * @return freed by {@code deallocate}, or when neither it nor a pointer made from it is reachable
   */
  public static BytePointer memory(long bytes) {
    BytePointer memory = apart(() -> new BytePointer(bytes));
    Pointer.memset(memory, 0, bytes);
    return memory;
  }
}
