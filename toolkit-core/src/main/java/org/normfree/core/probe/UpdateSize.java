package org.normfree.core.probe;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;

/**
 * How far a network's output has moved since the start of training, {@code RMS(F(θ) − F(θ₀))} over
 * all logits: the accumulated model update. Source: arXiv 2203.00555, section 3.
 */
public final class UpdateSize implements Probe {
  /** The layer it is recorded under: the whole model. */
  public static final String MODEL = "model";

  private INDArray start;

  @Override
  public String quantity() {
    return "update_size";
  }

  @Override
  public List<String> variables() {
    return List.of(Network.LOGITS);
  }

  @Override
  public void start(Map<String, INDArray> values) {
    start = values.get(Network.LOGITS).dup();
  }

  @Override
  public Map<String, Double> read(Map<String, INDArray> values) {
    return Map.of(MODEL, Rms.of(values.get(Network.LOGITS).sub(start)));
  }
}
