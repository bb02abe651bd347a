package org.normfree.core.nn;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The fraction of rows of the logits whose largest element, the first of equals, stands at the
 * row's target. NaN is never the largest. A row whose target is {@link Network#IGNORED} is never
 * right, and the batch's weight leaves it out.
 *
 * @param name the metric's name
 * @param logits name of the variable, [.., classes]
 * @param targets name of the classes in what a batch brings, INT, one a row of the logits
 */
public record Accuracy(String name, String logits, String targets) implements Metric {
  /** The usual name. */
  public static final String NAME = "accuracy";

  /** Under the usual name. */
  public Accuracy(String logits, String targets) {
    this(NAME, logits, targets);
  }

  @Override
  public List<String> variables() {
    return List.of(logits);
  }

  @Override
  public List<String> inputs() {
    return List.of(targets);
  }

  @Override
  public Share share(Map<String, INDArray> values, double weight) {
    INDArray wanted = rowMajor(values.get(targets));
    int[] classes = new int[Math.toIntExact(wanted.length())];
    wanted.data().asNioInt().get(0, classes);
    return new Share(correct(values.get(logits), classes), weight);
  }

  /** How many rows have their largest element at the target. */
  static int correct(INDArray logits, int... targets) {
    INDArray rows = rowMajor(logits.castTo(DataType.FLOAT));
    FloatBuffer elements = rows.data().asNioFloat();
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

  /** An array whose memory is its elements in row-major order, where Java can read it. */
  private static INDArray rowMajor(INDArray array) {
    boolean plain =
        array.offset() == 0
            && array.data().length() == array.length()
            && (array.rank() <= 1 || array.ordering() == 'c')
            && Shape.hasDefaultStridesForShape(array);
    INDArray rows = plain ? array : array.dup('c');
    Nd4j.getAffinityManager().ensureLocation(rows, Location.HOST);
    return rows;
  }
}
