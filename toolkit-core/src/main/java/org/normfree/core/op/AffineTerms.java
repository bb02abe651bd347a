package org.normfree.core.op;

import java.util.List;

/**
 * Whether a normalization has a gain and a bias, which stand behind its other inputs in this order.
 *
 * @param gain whether there is a gain
 * @param bias whether there is a bias
 */
public record AffineTerms(boolean gain, boolean bias) {
  /** Reads them back from an op's arguments. */
  static AffineTerms of(NormfreeOp op) {
    boolean[] given = op.bArgs();
    return new AffineTerms(given[0], given[1]);
  }

  /** Of what is not null. */
  static AffineTerms of(Object gain, Object bias) {
    return new AffineTerms(gain != null, bias != null);
  }

  /** Writes these to an op's arguments. */
  void describe(NormfreeOp op) {
    op.addBArgument(gain, bias);
  }

  /** How many of them there are. */
  public int count() {
    return (gain ? 1 : 0) + (bias ? 1 : 0);
  }

  /**
   * The gain.
   *
   * @param from the op's inputs, or what is parallel to them
   * @param first where the gain stands if there is one
   * @return null if there is none
   */
  public <T> T gain(List<T> from, int first) {
    return gain ? from.get(first) : null;
  }

  /**
   * The bias.
   *
   * @param from the op's inputs, or what is parallel to them
   * @param first where the gain stands if there is one, else the bias
   * @return null if there is none
   */
  public <T> T bias(List<T> from, int first) {
    return bias ? from.get(first + (gain ? 1 : 0)) : null;
  }
}
