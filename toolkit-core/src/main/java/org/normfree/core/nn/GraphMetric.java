package org.normfree.core.nn;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A metric that the graph has computed. */
record GraphMetric(
    String name,
    List<String> variables,
    BiFunction<Map<String, INDArray>, Double, Metric.Share> reading)
    implements Metric {
  @Override
  public Share share(Map<String, INDArray> values, double weight) {
    return reading.apply(values, weight);
  }
}
