package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The file {@code layernorm-map.json}: input and output of chosen LayerNorm layers on one
 * mini-batch, output taken before the affine part (arXiv 2503.10622, figures 2 and 4).
 *
 * @param layers the layers, shallow to deep
 */
public record LayerNormMap(List<Layer> layers) {
  /**
   * One layer's points and fits.
   *
   * @param name the layer's name, for example {@code block3.attention.norm}
   * @param x inputs
   * @param y outputs before gain and bias
   * @param token index of the token (over the batch) each point belongs to
   * @param channel channel of each point
   * @param lineR2 R² of the least-squares line over all elements of the batch
   * @param lineSlope slope of that line
   * @param lineIntercept intercept of that line
   * @param tanhR2 R² of the least-squares {@code a·tanh(b·x)} over all elements of the batch
   * @param tanhScale a
   * @param tanhSlope b
   * @param maxAbsInput the largest absolute input of the batch
   */
  @JsonPropertyOrder({
    "name",
    "lineR2",
    "lineSlope",
    "lineIntercept",
    "tanhR2",
    "tanhScale",
    "tanhSlope",
    "maxAbsInput",
    "x",
    "y",
    "token",
    "channel"
  })
  public record Layer(
      String name,
      float[] x,
      float[] y,
      int[] token,
      int[] channel,
      double lineR2,
      double lineSlope,
      double lineIntercept,
      double tanhR2,
      double tanhScale,
      double tanhSlope,
      double maxAbsInput) {}
}
