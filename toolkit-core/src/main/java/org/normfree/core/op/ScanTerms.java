package org.normfree.core.op;

import java.util.List;

/**
 * Attributes of {@link SelectiveScan} and its gradient: which of the optional inputs there are,
 * behind u, δ, A, B and C in this order, and how the scan goes.
 *
 * @param skip whether there is an input D, [E]
 * @param gate whether there is an input z, of u's shape
 * @param bias whether there is a bias of δ, [E]
 * @param softplus whether the step is softplus(δ) instead of δ
 * @param reverse whether the scan goes from the last position to the first
 */
public record ScanTerms(
    boolean skip, boolean gate, boolean bias, boolean softplus, boolean reverse) {
  private static final int REQUIRED = 5;

  /** Of what is not null. */
  static ScanTerms of(Object skip, Object gate, Object bias, boolean softplus, boolean reverse) {
    return new ScanTerms(skip != null, gate != null, bias != null, softplus, reverse);
  }

  /** Reads them back from an op's arguments. */
  static ScanTerms of(NormfreeOp op) {
    boolean[] given = op.bArgs();
    return new ScanTerms(given[0], given[1], given[2], given[3], given[4]);
  }

  /** Writes them to an op's arguments. */
  void describe(NormfreeOp op) {
    op.addBArgument(skip, gate, bias, softplus, reverse);
  }

  /** How many inputs the forward op has, which is where its gradient has G. */
  public int inputs() {
    return REQUIRED + (skip ? 1 : 0) + (gate ? 1 : 0) + (bias ? 1 : 0);
  }

  /**
   * D, or what is parallel to it.
   *
   * @param from the op's inputs, or its gradient's outputs
   * @return null if there is none
   */
  public <T> T skip(List<T> from) {
    return skip ? from.get(REQUIRED) : null;
  }

  /**
   * z, or what is parallel to it.
   *
   * @param from the op's inputs, or its gradient's outputs
   * @return null if there is none
   */
  public <T> T gate(List<T> from) {
    return gate ? from.get(gateIndex()) : null;
  }

  /** Where z stands among the inputs, if there is one. */
  int gateIndex() {
    return REQUIRED + (skip ? 1 : 0);
  }

  /**
   * The bias of δ, or what is parallel to it.
   *
   * @param from the op's inputs, or its gradient's outputs
   * @return null if there is none
   */
  public <T> T bias(List<T> from) {
    return bias ? from.get(inputs() - 1) : null;
  }

  /**
   * The position that is scanned at a step.
   *
   * @param step number of the step, from 0
   * @param length number of steps
   */
  public int position(int step, int length) {
    return reverse ? length - 1 - step : step;
  }
}
