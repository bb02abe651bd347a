package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A function of equally long arrays, element by element, chunk by chunk. Chunks lie at the same
 * places whatever the team, so its size does not change a bit.
 */
final class ElementTask implements Task {
  private static final int CHUNK = 2048;

  private final RowLoops loops;
  private final Body body;
  private final Floats[] inputs;
  private final Floats[] outputs;
  private final int length;
  private final int threads;

  /** What is done to a chunk. */
  interface Body {
    /**
     * @param loops the thread's
     * @param arrays a chunk of each input; the last ones become the outputs
     * @param n its length
     */
    void run(RowLoops loops, float[][] arrays, int n);
  }

  ElementTask(RowLoops loops, Body body, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    this.body = body;
    this.loops = loops;
    this.inputs = inputs.stream().map(Floats::new).toArray(Floats[]::new);
    this.outputs = outputs.stream().map(Floats::new).toArray(Floats[]::new);
    this.length = this.outputs[0].length();
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int chunks = (length + CHUNK - 1) / CHUNK;
    Workbench bench = Workbench.of(loops);
    float[][] mine = new float[Math.max(inputs.length, outputs.length)][];
    Arrays.setAll(mine, k -> bench.array(k, CHUNK));
    int end = Task.share(chunks, thread + 1, threads);
    for (int chunk = Task.share(chunks, thread, threads); chunk < end; chunk++) {
      int at = chunk * CHUNK;
      int n = Math.min(CHUNK, length - at);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i].read(at, mine[i], 0, n);
      }
      body.run(bench.loops(), mine, n);
      for (int i = 0; i < outputs.length; i++) {
        outputs[i].write(at, mine[mine.length - outputs.length + i], 0, n);
      }
    }
  }
}
