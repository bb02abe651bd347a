package org.normfree.core.probe;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A quantity of a network's layers, read off one forward pass. {@link ProbeListener} samples probes
 * while a network trains.
 */
public interface Probe {
  /** What is measured, as it is called in a run's metrics, for example {@code norm_input}. */
  String quantity();

  /** The variables of the network's graph it looks at. */
  List<String> variables();

  /**
   * Called once before any {@link #read}, with the values at the start of training.
   *
   * @param values value of each of {@link #variables}; valid during the call only
   */
  default void start(Map<String, INDArray> values) {}

  /**
   * @param values value of each of {@link #variables}; valid during the call only
   * @return the quantity by layer, shallow to deep
   */
  Map<String, Double> read(Map<String, INDArray> values);
}
