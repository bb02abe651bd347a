package org.normfree.core.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network reaches on a data split.
 *
 * @param split the split's name, for example {@code validation}
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param values the objective's metrics by name, weighted means over the split
 * @param weight the batches' weights together, for example how many examples there are
 */
public record Evaluation(
    String split, long step, int epoch, Map<String, Double> values, double weight) {
  /** Copies the values, whose order is kept. */
  public Evaluation {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * @param name a metric's name
   * @return its value
   * @throws IllegalArgumentException if the objective has no such metric
   */
  public double value(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the objective reports no %s, only %s".formatted(name, values.keySet()));
    }
    return value;
  }
}
