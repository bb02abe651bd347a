package org.normfree.core.model.dna;

import org.normfree.core.model.Checks;

/**
 * Shape of a Hyena operator. Source: arXiv 2302.10866 and the code of HyenaDNA.
 *
 * @param order n, at least 2: how many gates there are; one less than that are long convolutions
 * @param shortKernel taps of the convolution behind the projections; 3 in the paper's code
 * @param filterWidth channels inside the network that computes the filters; 64 in HyenaDNA
 * @param filterMaps linear maps in that network, at least 2; 4 in HyenaDNA
 * @param features features of a position, odd and at least 3; 5 in HyenaDNA
 * @param longest S, the number of positions that the filters' time is scaled by; HyenaDNA's is its
 *     longest text and two tokens more
 * @param shift lower end of the filters' window: 0 in the training code, 0.05 in the standalone one
 *     that loads the published weights
 */
public record HyenaOperator(
    int order,
    int shortKernel,
    int filterWidth,
    int filterMaps,
    int features,
    int longest,
    double shift) {
  private static final int SHORT = 3;
  private static final int FILTER = 64;
  private static final int MAPS = 4;
  private static final int FEATURES = 5;

  /**
   * @throws org.normfree.core.InputException if a number is out of range
   */
  public HyenaOperator {
    Checks.require(order >= 2, "hyena.order=%d, expected at least 2", order);
    Checks.require(shortKernel >= 1, "hyena.short=%d taps, expected at least 1", shortKernel);
    Checks.require(filterWidth >= 1, "hyena.filter=%d channels, expected at least 1", filterWidth);
    Checks.require(filterMaps >= 2, "hyena.maps=%d, expected at least 2", filterMaps);
    Checks.require(
        features >= 3 && features % 2 == 1,
        "hyena.features=%d, expected an odd number of at least 3: the place, and two a frequency",
        features);
    Checks.require(
        longest >= 2, "hyena.longest=%d, expected at least 2 positions to scale time by", longest);
    Checks.require(
        Double.isFinite(shift), "hyena.shift=%s, expected a finite number; 0 is usual", shift);
  }

  /** Weights of an operator beside its projections, at most. */
  double weights(int width) {
    double filter = (double) filterWidth * (features + (double) filterMaps * filterWidth);
    return filter + (double) order * width * (filterWidth + 2.0 * shortKernel + 2.0 * width);
  }

  /**
   * HyenaDNA's, as it is trained.
   *
   * @param maxLength the longest text in bases
   */
  public static HyenaOperator ofLength(int maxLength) {
    return new HyenaOperator(2, SHORT, FILTER, MAPS, FEATURES, maxLength + 2, 0);
  }

  /** The same with another order. */
  public HyenaOperator order(int other) {
    return new HyenaOperator(other, shortKernel, filterWidth, filterMaps, features, longest, shift);
  }

  /** The same with another width of the filters' network. */
  public HyenaOperator filterWidth(int other) {
    return new HyenaOperator(order, shortKernel, other, filterMaps, features, longest, shift);
  }

  /** The same with another lower end of the window. */
  public HyenaOperator shift(double other) {
    return new HyenaOperator(order, shortKernel, filterWidth, filterMaps, features, longest, other);
  }
}
