package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.normfree.core.InputException;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;

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

  /** Changing OpenBLAS's threads takes longer than a small step, so a team does it once. */
  @Test
  void openBlasHasOneThreadWhileATeamIsOpenOrAtWork() {
    NativeThreads.limit(2);
    List<Integer> during = new ArrayList<>();
    Task look = Task.serial(() -> during.add(blas()));
    Team.ofThisThread().run(List.of(look));
    assertThat(blas()).as("after a thread's own team has worked").isEqualTo(2);
    Team first = new Team(1);
    Team second = new Team(2);
    assertThat(blas()).as("with open teams").isEqualTo(1);
    second.run(List.of(look));
    Team.ofThisThread().run(List.of(look));
    second.close();
    second.close();
    assertThat(blas()).as("with one that is left").isEqualTo(1);
    first.close();
    assertThat(blas()).as("with none").isEqualTo(2);
    assertThat(during).containsExactly(1, 1, 1);
  }

  private static int blas() {
    return Nd4j.factory().blas().getMaxThreads();
  }

  @Test
  void refusesLessThanOne() {
    assertThatThrownBy(() -> NativeThreads.limit(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("0");
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(before);
  }
}
