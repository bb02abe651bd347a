package org.normfree.core.exec;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.normfree.core.InputException;

/**
 * How many threads one native operation of ND4J may use: its own loops (OpenMP) and OpenBLAS. A run
 * of the toolkit allows one and divides the work itself, by a {@link org.normfree.core.task.Team
 * team}, because OpenMP's threads wait by spinning, which takes the processor from all others.
 *
 * <p>ND4J's and OpenBLAS' limits hold for the process; OpenMP's holds for the thread that sets it,
 * which is why executors call {@link #adopt}. The number of threads decides in which order native
 * sums are taken: results are the same bits only for the same number.
 */
public final class NativeThreads {
  private static final ThreadLocal<Integer> ADOPTED = ThreadLocal.withInitial(() -> 0);
  private static volatile int limit;

  private NativeThreads() {}

  /**
   * Sets the limit for this process. What a native operation that is running already uses does not
   * change.
   *
   * @param threads threads an operation may use
   * @throws InputException if {@code threads} is below 1
   */
  public static synchronized void limit(int threads) {
    if (threads < 1) {
      throw new InputException(
          "threads is %s; expected at least 1, at most the number of cores is of use"
              .formatted(threads));
    }
    // Environment.setMaxThreads does nothing in ND4J 1.0.0-M2.1
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
    limit = threads;
    adopt();
  }

  /** Makes the limit, if one was set, hold for OpenMP on the calling thread. */
  static void adopt() {
    int current = limit;
    if (current != 0 && ADOPTED.get() != current) {
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(current);
      ADOPTED.set(current);
    }
  }
}
