package org.normfree.core.op;

import java.util.OptionalInt;

/**
 * Attributes of {@link SparseCrossEntropy} and its gradient.
 *
 * @param smoothing label smoothing s, in [0, 1)
 * @param ignored target of rows that do not count
 */
public record SparseTargets(double smoothing, OptionalInt ignored) {
  /** Reads them back from an op's arguments. */
  static SparseTargets of(NormfreeOp op) {
    OptionalInt ignored =
        op.numIArguments() == 0
            ? OptionalInt.empty()
            : OptionalInt.of(op.getIArgument(0).intValue());
    return new SparseTargets(op.getTArgument(0), ignored);
  }

  /** Writes them to an op's arguments. */
  static void describe(NormfreeOp op, double smoothing, Integer ignored) {
    op.addTArgument(smoothing);
    if (ignored != null) {
      op.addIArgument(ignored);
    }
  }

  /** Writes these to an op's arguments. */
  void describe(NormfreeOp op) {
    describe(op, smoothing, ignored.isPresent() ? ignored.getAsInt() : null);
  }

  /** Whether a row with this target does not count. */
  public boolean ignores(int target) {
    return ignored.isPresent() && ignored.getAsInt() == target;
  }

  /**
   * Requires a target to be a class.
   *
   * @param target the target
   * @param row where it stands
   * @param classes number of classes
   * @throws IllegalArgumentException if it is none
   */
  public void require(int target, long row, long classes) {
    if (target < 0 || target >= classes) {
      throw new IllegalArgumentException(
          "normfree_sparse_cross_entropy: target %s at row %s, expected 0 to %s%s; check the vocabulary"
              .formatted(
                  target,
                  row,
                  classes - 1,
                  ignored.isPresent() ? " or %s (ignored)".formatted(ignored.getAsInt()) : ""));
    }
  }
}
