package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
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
   * @param lineR2 R² of the least-squares line over all elements of the batch, adjusted for the two
   *     numbers it is fitted by
   * @param lineSlope slope of that line
   * @param lineIntercept intercept of that line
   * @param tanhR2 R² of the least-squares {@code a·tanh(b(x − c)) + d} over all elements of the
   *     batch, adjusted for the four numbers it is fitted by
   * @param tanhScale a
   * @param tanhSlope b
   * @param tanhCenter c; null in older files, where it was 0
   * @param tanhOffset d; null in older files, where it was 0
   * @param deltaR2 the R² of the tanh less that of the line; null in older files
   * @param tailDeltaR2 the same over the outer 5 % of the inputs on either side, as a share of
   *     their own variance; null in older files
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
    "tanhCenter",
    "tanhOffset",
    "deltaR2",
    "tailDeltaR2",
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
      @JsonInclude(JsonInclude.Include.NON_NULL) Double tanhCenter,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double tanhOffset,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double deltaR2,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double tailDeltaR2,
      double maxAbsInput) {
    /** A layer as older files have it: a tanh through the origin, and no comparison. */
    public Layer(
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
        double maxAbsInput) {
      this(
          name,
          x,
          y,
          token,
          channel,
          lineR2,
          lineSlope,
          lineIntercept,
          tanhR2,
          tanhScale,
          tanhSlope,
          null,
          null,
          null,
          null,
          maxAbsInput);
    }

    /**
     * @param input an input
     * @return what the fitted line makes of it
     */
    public double line(double input) {
      return lineSlope * input + lineIntercept;
    }

    /**
     * @param input an input
     * @return what the fitted tanh makes of it
     */
    public double tanh(double input) {
      double center = tanhCenter == null ? 0 : tanhCenter;
      double offset = tanhOffset == null ? 0 : tanhOffset;
      return tanhScale * Math.tanh(tanhSlope * (input - center)) + offset;
    }
  }
}
