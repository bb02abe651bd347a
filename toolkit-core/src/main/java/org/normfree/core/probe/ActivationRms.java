package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;

/**
 * RMS of what comes out of each normalization layer, or of what stands in its place, and of the
 * logits.
 */
public final class ActivationRms implements Probe {
  private final List<Network.NormPoint> points;

  /**
   * @param network the network to look into
   */
  public ActivationRms(Network network) {
    points = network.norms();
  }

  @Override
  public String quantity() {
    return "activation_rms";
  }

  @Override
  public List<String> variables() {
    List<String> names = new ArrayList<>();
    points.forEach(point -> names.add(point.output()));
    names.add(Network.LOGITS);
    return names;
  }

  @Override
  public Map<String, Double> read(Map<String, INDArray> values) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    points.forEach(point -> sizes.put(point.name(), Rms.of(values.get(point.output()))));
    sizes.put(Network.LOGITS, Rms.of(values.get(Network.LOGITS)));
    return sizes;
  }
}
