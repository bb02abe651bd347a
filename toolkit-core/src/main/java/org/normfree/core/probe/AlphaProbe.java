package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;

/**
 * α of every dynamic activation and 1/std of what goes into it, on one batch. The standard
 * deviation is that of the whole input tensor, as in arXiv 2503.10622, figure 8.
 */
public final class AlphaProbe {
  private final Network network;
  private final List<Network.NormPoint> points;

  /**
   * What one layer shows.
   *
   * @param layer the layer's name
   * @param alpha its α; the mean over channels where α is a vector
   * @param inverseStd 1 over the standard deviation of its input
   */
  public record Reading(String layer, double alpha, double inverseStd) {}

  /**
   * @param network the network to look into
   */
  public AlphaProbe(Network network) {
    this.network = network;
    this.points = network.norms().stream().filter(point -> !point.alpha().isEmpty()).toList();
  }

  /** How many layers have an α. */
  public int layers() {
    return points.size();
  }

  /**
   * @param forward evaluates variables of the network's graph, by name, on the batch to look at
   * @return a reading a layer, shallow to deep
   */
  public List<Reading> read(Function<List<String>, Map<String, INDArray>> forward) {
    Map<String, INDArray> inputs =
        forward.apply(points.stream().map(Network.NormPoint::input).distinct().toList());
    List<Reading> readings = new ArrayList<>();
    for (Network.NormPoint point : points) {
      double alpha = network.array(point.alpha()).meanNumber().doubleValue();
      double std = inputs.get(point.input()).stdNumber(false).doubleValue();
      readings.add(new Reading(point.name(), alpha, 1 / std));
    }
    return readings;
  }
}
