package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Which of the optional inputs of a dynamic activation are there, as a bit mask that survives the
 * cloning of an op: input 0 is always x, the others follow in the order α, shift, γ, β.
 */
public enum ActivationTerms {
  /** α. */
  ALPHA(1),
  /** s. */
  SHIFT(2),
  /** γ. */
  GAMMA(4),
  /** β. */
  BETA(8);

  private final long bit;

  ActivationTerms(long bit) {
    this.bit = bit;
  }

  /** Whether the mask has this term. */
  public boolean in(long mask) {
    return (mask & bit) != 0;
  }

  /** Index of this term among the op's inputs; only where the mask has it. */
  public int index(long mask) {
    return 1 + Long.bitCount(mask & (bit - 1));
  }

  /** The mask of what is not null. */
  static long mask(Object alpha, Object shift, Object gamma, Object beta) {
    return (alpha == null ? 0 : ALPHA.bit)
        | (shift == null ? 0 : SHIFT.bit)
        | (gamma == null ? 0 : GAMMA.bit)
        | (beta == null ? 0 : BETA.bit);
  }

  /** The inputs without the missing ones. */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  static <T> List<T> present(T... terms) {
    return new ArrayList<>(Arrays.stream(terms).filter(Objects::nonNull).toList());
  }
}
