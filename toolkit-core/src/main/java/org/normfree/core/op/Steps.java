package org.normfree.core.op;

import org.nd4j.autodiff.functions.DifferentialFunction;

/** What a compiled plan computes in an op's place; see {@link Traits#lower}. */
public interface Steps {
  /** A row-major array under a shape; another shape of the same elements is the same memory. */
  interface Array {
    /** Sizes of the axes. */
    long[] shape();

    /** The same elements under another shape of the same length. */
    Array reshaped(long... shape);

    /** Number of elements. */
    default long length() {
      long length = 1;
      for (long size : shape()) {
        length *= size;
      }
      return length;
    }

    /** All but the last axis as one. */
    default Array matrix() {
      long[] shape = shape();
      long columns = shape.length == 0 ? 1 : shape[shape.length - 1];
      return reshaped(length() / columns, columns);
    }
  }

  /** An input of the op. */
  Array input(int index);

  /** How many inputs there are. */
  int inputs();

  /** Whether somebody wants an output. */
  boolean wants(int output);

  /** Shape of an output as ND4J infers it; for ND4J's ops. */
  long[] shape(int output);

  /**
   * Computes something of the first input's type.
   *
   * @param op an op with one output
   * @param shape the output's shape
   * @param inputs the op's inputs
   * @return its output
   */
  Array compute(DifferentialFunction op, long[] shape, Array... inputs);

  /** The same for an op of the project, which knows its output's shape. */
  Array compute(NormfreeOp op, Array... inputs);

  /** Says what an output is. */
  void result(int output, Array value);
}
