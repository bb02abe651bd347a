package org.normfree.core.task;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Keeps native libraries to the threads that call them while teams are at work. OpenMP's limit
 * holds for the thread that sets it; OpenBLAS brings threads of its own, and its limit holds for
 * the process: it is 1 from the first team that begins to the last that ends.
 */
final class NativeLimits {
  private static final NativeLimits OF_THIS_PROCESS = new NativeLimits();

  private final NativeOps openMp;
  private final Blas blas;
  private int teamsAtWork;
  private int blasThreads;

  private NativeLimits() {
    Nd4j.getBackend(); // the holder is empty until ND4J has started
    openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
    blas = Nd4j.factory().blas();
  }

  static NativeLimits ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** For a thread that is a team's for all of its life. */
  void begin() {
    openMp.setOmpNumThreads(1);
  }

  /**
   * For a thread that calls its team.
   *
   * @return what to give to {@link #leave}
   */
  int enter() {
    int before = openMp.ompGetMaxThreads();
    openMp.setOmpNumThreads(1);
    synchronized (this) {
      if (teamsAtWork++ == 0) {
        blasThreads = blas.getMaxThreads();
        if (blasThreads != 1) {
          blas.setMaxThreads(1);
        }
      }
    }
    return before;
  }

  void leave(int before) {
    openMp.setOmpNumThreads(before);
    synchronized (this) {
      if (--teamsAtWork == 0 && blasThreads > 1) {
        blas.setMaxThreads(blasThreads);
      }
    }
  }
}
