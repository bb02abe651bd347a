package org.normfree.core.model.speech;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Metric;

/**
 * A share of what a contrastive loss has compared, by its logits, of which the own target's is the
 * first.
 *
 * @param name the metric's name
 * @param logits name of the variable, [batch, T, K + 1]
 * @param counted what is counted
 */
record ContrastiveScore(String name, String logits, Counted counted) implements Metric {
  /** What is counted. */
  enum Counted {
    /** Frames whose own target has the largest logit, unless all are equal. */
    FOUND,
    /** Negatives that are the own target itself, and so do not count: a sign of few codes. */
    SAME
  }

  /** Frames whose own target is found; a chance is {@code 1/(K + 1)}. */
  static Metric accuracy(String logits) {
    return new ContrastiveScore(Accuracy.NAME, logits, Counted.FOUND);
  }

  /** Negatives of logit −∞ over all. */
  static Metric same(String name, String logits) {
    return new ContrastiveScore(name, logits, Counted.SAME);
  }

  @Override
  public List<String> variables() {
    return List.of(logits);
  }

  @Override
  public Share share(Map<String, INDArray> values, double weight) {
    INDArray array = values.get(logits);
    int choices = Math.toIntExact(array.size(2));
    double[] all = array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    int rows = all.length / choices;
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      int first = row * choices;
      sum +=
          switch (counted) {
            case FOUND -> found(all, first, choices) ? 1 : 0;
            case SAME -> count(all, first, choices, (own, other) -> infinite(other));
          };
    }
    double of = counted == Counted.FOUND ? rows : (double) rows * (choices - 1);
    return new Share(weight * sum / of, weight);
  }

  /** As in fairseq: the first is a largest one, and not a smallest one too. NaN is never found. */
  private static boolean found(double[] all, int first, int choices) {
    int others = choices - 1;
    return count(all, first, choices, (own, other) -> other <= own) == others
        && count(all, first, choices, (own, other) -> other < own) > 0;
  }

  private static int count(
      double[] all, int first, int choices, BiPredicate<Double, Double> holds) {
    int count = 0;
    for (int i = first + 1; i < first + choices; i++) {
      count += holds.test(all[first], all[i]) ? 1 : 0;
    }
    return count;
  }

  private static boolean infinite(double logit) {
    return logit == Double.NEGATIVE_INFINITY;
  }
}
