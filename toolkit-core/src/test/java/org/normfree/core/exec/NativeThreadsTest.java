package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.normfree.core.InputException;

class NativeThreadsTest {
  private int before;

  private static int openMp() {
    return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
  }

  @BeforeEach
  void remember() {
    before = Nd4j.getEnvironment().maxMasterThreads();
  }

  @AfterEach
  void restore() {
    NativeThreads.limit(before);
  }

  @Test
  void limitsNd4jAndOpenBlasInTheProcessAndOpenMpOnEachThread() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int threads : List.of(1, before, 1)) {
        NativeThreads.limit(threads);
        assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(threads);
        assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(threads);
        assertThat(openMp()).isEqualTo(threads);
        int elsewhere =
            other
                .submit(
                    () -> {
                      NativeThreads.adopt();
                      return openMp();
                    })
                .get();
        assertThat(elsewhere).isEqualTo(threads);
      }
    } finally {
      other.shutdown();
    }
  }

  @Test
  void refusesLessThanOne() {
    assertThatThrownBy(() -> NativeThreads.limit(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("0");
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(before);
  }
}
