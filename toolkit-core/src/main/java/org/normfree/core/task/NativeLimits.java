package org.normfree.core.task;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Keeps native libraries to the threads that call them while teams are at work. OpenMP's limit
 * holds for the thread that sets it; OpenBLAS brings threads of its own, and its limit holds for
 * the process: it is 1 from the first team that is held to the last that is released. OpenBLAS
 * takes a third of a millisecond to change it there and back, so a team that works step after step
 * is held for as long as it lives, and one for single ops while it works.
 */
final class NativeLimits {
  private static final NativeLimits OF_THIS_PROCESS = new NativeLimits();

  private final NativeOps openMp;
  private final Blas blas;
  private int teams;
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
    hold();
    return before;
  }

  void leave(int before) {
    openMp.setOmpNumThreads(before);
    release();
  }

  /** OpenBLAS has one thread until {@link #release} was called as often as this. */
  synchronized void hold() {
    if (teams++ == 0) {
      blasThreads = blas.getMaxThreads();
      if (blasThreads != 1) {
        blas.setMaxThreads(1);
      }
    }
  }

  /** OpenBLAS has the threads it had before, if no team is held any more. */
  synchronized void release() {
    if (--teams == 0 && blasThreads > 1) {
      blas.setMaxThreads(blasThreads);
    }
  }
}
