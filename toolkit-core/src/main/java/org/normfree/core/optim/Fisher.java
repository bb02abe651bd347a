package org.normfree.core.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * The diagonal of the empirical Fisher information: the mean of squared gradients, one added at a
 * time. Of single examples it is {@code E g²}. Of batches of B, as ChildTuning's code takes it, it
 * is {@code E g²/B + (1 − 1/B)·(E g)²}: another quantity, the more so the larger the batch.
 */
public final class Fisher {
  private final Map<String, double[]> sums = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private long count;

  /**
   * Adds one gradient, of an example or of a batch; clip it before as the training does.
   *
   * @param gradients gradient by parameter, always the same parameters
   */
  public void add(Map<String, INDArray> gradients) {
    gradients.forEach(
        (name, gradient) -> {
          double[] g = gradient.castTo(DataType.DOUBLE).dup('c').data().asDouble();
          double[] sum = sums.computeIfAbsent(name, key -> new double[g.length]);
          shapes.put(name, gradient.shape());
          for (int i = 0; i < g.length; i++) {
            sum[i] += g[i] * g[i];
          }
        });
    count++;
  }

  /**
   * @return the means of the squares by parameter, DOUBLE
   * @throws InputException if nothing was added
   */
  public Map<String, INDArray> mean() {
    if (count == 0) {
      throw new InputException("no gradient was added; the Fisher information needs at least one");
    }
    Map<String, INDArray> means = new LinkedHashMap<>();
    sums.forEach(
        (name, sum) ->
            means.put(
                name,
                Nd4j.createFromArray(Arrays.stream(sum).map(s -> s / count).toArray())
                    .reshape(shapes.get(name))));
    return means;
  }

  /**
   * Above which value a share of numbers lies: their percentile 100·(1 − p), interpolated linearly,
   * as NumPy's default does.
   *
   * @param values the numbers
   * @param kept p, above 0 and below 1
   */
  public static double threshold(double[] values, double kept) {
    if (!(kept > 0 && kept < 1)) {
      throw new InputException(
          "the share of elements that are trained is %s; expected above 0 and below 1"
              .formatted(kept));
    }
    return new Percentile(100 * (1 - kept)).withEstimationType(EstimationType.R_7).evaluate(values);
  }

  /**
   * ChildTuning-D's masks: 1 where the information is at least the threshold over all parameters
   * together. Ties keep more than p, and a threshold of 0 keeps all.
   *
   * @param information by parameter
   * @param kept p, above 0 and below 1
   * @param type of the masks
   */
  public static Map<String, INDArray> largest(
      Map<String, INDArray> information, double kept, DataType type) {
    double[] all =
        information.values().stream()
            .flatMapToDouble(
                a -> Arrays.stream(a.castTo(DataType.DOUBLE).dup('c').data().asDouble()))
            .toArray();
    double threshold = threshold(all, kept);
    Map<String, INDArray> masks = new LinkedHashMap<>();
    information.forEach((name, values) -> masks.put(name, values.gte(threshold).castTo(type)));
    return masks;
  }
}
