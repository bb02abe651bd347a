package org.normfree.core.train;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.optim.HostBuffer;

/** Reads classifications off logits. */
final class Logits {
  private Logits() {}

  /**
   * How many rows have their largest element, the first of equals, at the target; NaN is never it,
   * and a target below 0 is nobody's.
   */
  static int correct(INDArray logits, int[] targets) {
    INDArray rows = HostBuffer.rowMajor(logits.castTo(DataType.FLOAT));
    FloatBuffer elements = HostBuffer.floats(rows);
    int classes = Math.toIntExact(rows.size(-1));
    int correct = 0;
    for (int row = 0; row < targets.length; row++) {
      if (targets[row] < 0) {
        continue;
      }
      int best = -1;
      float largest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        float logit = elements.get(row * classes + c);
        if (logit > largest) {
          largest = logit;
          best = c;
        }
      }
      if (best == targets[row]) {
        correct++;
      }
    }
    return correct;
  }
}
