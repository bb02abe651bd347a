package org.normfree.core.exec;

/** What the operands of matrix products are rounded to; sums are always single precision. */
public enum Precision {
  /** Not at all: the graph's own type. */
  FLOAT32,
  /** bfloat16: 8 bits of exponent, 8 of significand; parameters stay single precision. */
  BF16
}
