package org.normfree.core.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.normfree.core.nn.Network;

/**
 * Share of the elements that a dynamic activation saturates, {@code |αx| > 2}: where tanh is above
 * 0.96 and its slope below 0.07.
 */
public final class Saturation implements Probe {
  /** |αx| from which on an element counts as saturated. */
  public static final double THRESHOLD = 2;

  private final Network network;
  private final List<Network.NormPoint> points;

  /**
   * @param network the network to look into; layers without α are left out
   */
  public Saturation(Network network) {
    this.network = network;
    points = network.norms().stream().filter(point -> !point.alpha().isEmpty()).toList();
  }

  @Override
  public String quantity() {
    return "saturation";
  }

  @Override
  public List<String> variables() {
    return points.stream().map(Network.NormPoint::input).distinct().toList();
  }

  @Override
  public Map<String, Double> read(Map<String, INDArray> values) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (Network.NormPoint point : points) {
      INDArray scaled = scaled(values.get(point.input()), network.array(point.alpha()));
      INDArray saturated = Transforms.abs(scaled, false).gt(THRESHOLD).castTo(DataType.DOUBLE);
      shares.put(point.name(), saturated.meanNumber().doubleValue());
    }
    return shares;
  }

  private static INDArray scaled(INDArray x, INDArray alpha) {
    if (alpha.length() == 1) {
      return x.mul(alpha.getDouble(0));
    }
    INDArray rows = x.dup('c').reshape('c', x.length() / alpha.length(), alpha.length());
    return rows.muliRowVector(alpha.reshape(1, alpha.length()));
  }
}
