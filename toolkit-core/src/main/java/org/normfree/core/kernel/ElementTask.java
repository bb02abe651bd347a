package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.op.Task;
import org.normfree.core.op.Tensor;

/**
 * A function of equally long arrays, element by element, chunk by chunk. Chunks lie at the same
 * places whatever the team, so its size does not change a bit.
 */
final class ElementTask implements Task {
  private static final int CHUNK = 2048;

  private final RowLoops[] loops;
  private final Body body;
  private final Floats[] inputs;
  private final Floats output;
  private final int length;
  private final int threads;
  private final float[][][] arrays;

  /** What is done to a chunk. */
  interface Body {
    /**
     * @param loops the thread's
     * @param arrays a chunk of each input; the last one's becomes the output
     * @param n its length
     */
    void run(RowLoops loops, float[][] arrays, int n);
  }

  ElementTask(RowLoops loops, Body body, List<Tensor> inputs, Tensor output, int threads) {
    this.body = body;
    this.loops = new RowLoops[threads];
    Arrays.setAll(this.loops, thread -> loops.another());
    this.inputs = inputs.stream().map(Floats::new).toArray(Floats[]::new);
    this.output = new Floats(output);
    this.length = this.output.length();
    this.threads = threads;
    this.arrays = new float[threads][inputs.size()][CHUNK];
  }

  @Override
  public void run(int phase, int thread) {
    int chunks = (length + CHUNK - 1) / CHUNK;
    float[][] mine = arrays[thread];
    int end = Task.share(chunks, thread + 1, threads);
    for (int chunk = Task.share(chunks, thread, threads); chunk < end; chunk++) {
      int at = chunk * CHUNK;
      int n = Math.min(CHUNK, length - at);
      for (int i = 0; i < mine.length; i++) {
        inputs[i].read(at, mine[i], 0, n);
      }
      body.run(loops[thread], mine, n);
      output.write(at, mine[mine.length - 1], 0, n);
    }
  }
}
