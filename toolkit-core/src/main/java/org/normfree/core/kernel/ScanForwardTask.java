package org.normfree.core.kernel;

import java.util.List;
import org.normfree.core.op.ScanTerms;
import org.normfree.core.task.Tensor;

/** {@link org.normfree.core.op.SelectiveScan}; keeps the states before every chunk if asked to. */
final class ScanForwardTask extends ScanTask {
  private final Floats y;
  private final Floats saved;

  /**
   * @param outputs y and, if they are wanted, the states, [batch, chunks, N, E]
   */
  ScanForwardTask(
      ScanTerms terms, RowLoops loops, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    super(terms, loops, inputs, threads);
    y = new Floats(outputs.get(0));
    saved = outputs.size() > 1 ? new Floats(outputs.get(1)) : null;
  }

  @Override
  public void run(int phase, int thread) {
    Stage stage = new Stage();
    for (Part part : parts(thread)) {
      stage.begin(part);
      for (int chunk = 0; chunk < chunks(); chunk++) {
        stage.chunk(chunk);
        stage.forEachBlock(
            () -> {
              if (saved != null) {
                stage.saveStates(saved, part.example());
              }
              stage.own.scan(stage.block);
              if (terms.gate()) {
                stage.own.silu(stage.z, stage.size());
                PlainLoops.multiply(stage.block.y, stage.z, stage.size());
              }
              stage.write(stage.block.y, y);
            });
      }
    }
  }
}
