package org.normfree.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 63, 4096, 1_000_003})
  void memoryIsZeroAlsoWhereOtherMemoryWasBefore(long bytes) {
    for (int round = 0; round < 20; round++) {
      BytePointer memory = Natives.memory(bytes);
      assertThat(memory.capacity()).isEqualTo(bytes);
      byte[] content = new byte[(int) bytes];
      memory.get(content);
      assertThat(content).containsOnly(0);
      BytePointer.memset(memory, 1, bytes); // for the next, which may get the same
      memory.deallocate();
      assertThat(memory.isNull()).isTrue();
    }
  }

  @Test
  @SuppressWarnings({"try", "unchecked"}) // an older JavaCPP has a varargs constructor only
  void memoryOutlivesAScopeAroundItsMaker() {
    BytePointer memory;
    try (PointerScope scope = new PointerScope()) {
      memory = Natives.memory(8);
    }
    assertThat(memory.isNull()).isFalse();
    memory.deallocate();
  }

  @Test
  void moreThanThereIsIsAnError() {
    assertThatThrownBy(() -> Natives.memory(Long.MAX_VALUE / 2))
        .isInstanceOf(OutOfMemoryError.class);
  }
}
