package org.normfree.core.method;

/**
 * A residual branch.
 *
 * @param kind what the branch computes
 * @param block index of its layer in the stack, from 0
 * @param width channels of the residual stream
 * @param stack the stack it belongs to
 * @param bias whether the architecture has biases
 */
public record Branch(Kind kind, int block, long width, Stack stack, boolean bias) {
  /** What a branch computes. */
  public enum Kind {
    /** Self attention. */
    ATTENTION,
    /** Attention to another stack's output. */
    CROSS_ATTENTION,
    /** The feed-forward network. */
    FFN
  }

  /** A branch of an architecture with biases. */
  public Branch(Kind kind, int block, long width, Stack stack) {
    this(kind, block, width, stack, true);
  }

  /** The normalization site that belongs to this branch. */
  public NormSite site() {
    return new NormSite(
        kind == Kind.FFN ? NormSite.Kind.FFN : NormSite.Kind.ATTENTION, width, bias);
  }
}
