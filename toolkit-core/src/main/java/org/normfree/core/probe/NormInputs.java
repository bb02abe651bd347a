package org.normfree.core.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;

/**
 * Size of what goes into each normalization layer, {@code ‖x‖₂/√d} in the mean over tokens, padding
 * included. LayerNorm divides its gradient by it, which is why deep Post-LN's gradients vanish once
 * it is far above 1. Source: arXiv 2203.00555, section 3, figure 4.
 */
public final class NormInputs implements Probe {
  private final List<Network.NormPoint> points;

  /**
   * @param network the network to look into
   */
  public NormInputs(Network network) {
    points = network.norms();
  }

  @Override
  public String quantity() {
    return "norm_input";
  }

  @Override
  public List<String> variables() {
    return points.stream().map(Network.NormPoint::input).distinct().toList();
  }

  @Override
  public Map<String, Double> read(Map<String, INDArray> values) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    for (Network.NormPoint point : points) {
      INDArray x = values.get(point.input());
      double width = (double) x.size(x.rank() - 1);
      sizes.put(point.name(), x.norm2(x.rank() - 1).meanNumber().doubleValue() / Math.sqrt(width));
    }
    return sizes;
  }
}
