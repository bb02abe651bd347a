package org.normfree.core.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A number that is reported of a network. Over several batches it is the weighted mean {@code Σ sum
 * / Σ weight} of their {@link Share}s, so batches of any size, and metrics that count other things
 * than the batch does, are averaged rightly.
 */
public interface Metric {
  /** What it is called in a run's records, for example {@code loss}. */
  String name();

  /** The variables of the graph it reads. */
  List<String> variables();

  /** What it reads of the placeholders' values and of the batch beside, by name. */
  default List<String> inputs() {
    return List.of();
  }

  /**
   * A batch's share.
   *
   * @param values the arrays of {@link #variables} and {@link #inputs} by name; valid during the
   *     call only
   * @param weight the batch's weight
   */
  Share share(Map<String, INDArray> values, double weight);

  /**
   * What one batch adds to a weighted mean.
   *
   * @param sum value times weight, or a sum over what the weight counts
   * @param weight the weight
   */
  record Share(double sum, double weight) {
    /** No batch yet. */
    public static final Share NONE = new Share(0, 0);

    /** Both together. */
    public Share plus(Share other) {
      return new Share(sum + other.sum, weight + other.weight);
    }

    /** The mean; NaN without weight. */
    public double mean() {
      return sum / weight;
    }
  }

  /**
   * A scalar of the graph that is a mean over what the batch's weight counts.
   *
   * @param name the metric's name
   * @param variable name of the scalar
   */
  static Metric mean(String name, String variable) {
    return new GraphMetric(
        name,
        List.of(variable),
        (values, weight) -> new Share(scalar(values, variable) * weight, weight));
  }

  /**
   * The sum of a variable's elements over a weight that the graph computes, for example of the
   * losses of masked frames over their number.
   *
   * @param name the metric's name
   * @param variable name of a variable of any shape
   * @param weight name of a scalar
   */
  static Metric ratio(String name, String variable, String weight) {
    return new GraphMetric(
        name,
        List.of(variable, weight),
        (values, batch) ->
            new Share(values.get(variable).sumNumber().doubleValue(), scalar(values, weight)));
  }

  /**
   * The mean over the elements of a variable that has one an item, every item weighing the same.
   *
   * @param name the metric's name
   * @param variable name of a variable of any shape
   */
  static Metric perItem(String name, String variable) {
    return new GraphMetric(
        name,
        List.of(variable),
        (values, batch) -> {
          INDArray items = values.get(variable);
          return new Share(items.sumNumber().doubleValue(), (double) items.length());
        });
  }

  private static double scalar(Map<String, INDArray> values, String variable) {
    INDArray value = values.get(variable);
    if (value.length() != 1) {
      throw new IllegalArgumentException(
          "the metric reads %s as one number, but it has the shape %s; report its mean, or Metric.perItem"
              .formatted(variable, Arrays.toString(value.shape())));
    }
    return value.getDouble(0);
  }
}
