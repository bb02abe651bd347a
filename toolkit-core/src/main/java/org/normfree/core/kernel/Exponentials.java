package org.normfree.core.kernel;

import java.util.stream.IntStream;
import org.normfree.core.task.Task;

/**
 * The exponentials of a selective scan and nothing else, by the loops that scans of this JVM use:
 * numbers of the nearest cache, so that memory takes no part. A scan takes one exponential a
 * position, channel and state; with its gradient it takes two, for only the states between chunks
 * are kept. What a bench holds a scan against.
 */
public final class Exponentials implements Task {
  private static final int BLOCK = 2048;

  private final int[] blocks;
  private final RowLoops[] loops;
  private final float[][] x;
  private final float[][] y;

  /**
   * @param count how many, to the next block of 2,048 a thread
   * @param threads how many threads share them
   */
  public Exponentials(long count, int threads) {
    int all = Math.toIntExact((count + BLOCK - 1) / BLOCK);
    blocks =
        IntStream.range(0, threads)
            .map(t -> Task.share(all, t + 1, threads) - Task.share(all, t, threads))
            .toArray();
    loops =
        IntStream.range(0, threads)
            .mapToObj(t -> LoopChoice.OF_THIS_JVM.another())
            .toArray(RowLoops[]::new);
    x = new float[threads][BLOCK];
    y = new float[threads][BLOCK];
    for (float[] exponents : x) {
      for (int i = 0; i < BLOCK; i++) {
        exponents[i] = -8f * i / BLOCK;
      }
    }
  }

  @Override
  public void run(int phase, int thread) {
    for (int block = 0; block < blocks[thread]; block++) {
      loops[thread].powers(x[thread], y[thread], BLOCK);
    }
  }
}
