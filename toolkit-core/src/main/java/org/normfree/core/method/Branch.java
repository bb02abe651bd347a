package org.normfree.core.method;

/**
 * A residual branch.
 *
 * @param kind what the branch computes
 * @param block index of its layer in the stack, from 0
 * @param width channels of the residual stream, behind the branch
 * @param stack the stack it belongs to
 * @param affine what the architecture has behind the normalization that belongs to the branch
 * @param epsilon what the architecture adds to a variance there
 */
public record Branch(
    Kind kind, int block, long width, Stack stack, NormSite.Affine affine, double epsilon) {
  /** What a branch computes. */
  public enum Kind {
    /** Self attention. */
    ATTENTION,
    /** Attention to another stack's output. */
    CROSS_ATTENTION,
    /** The feed-forward network. */
    FFN,
    /**
     * Convolutions. The norms stand inside, where the model asks for them at {@link
     * NormSite.Kind#CONVOLUTION}; the method only joins.
     */
    CONVOLUTION
  }

  /** A branch with the usual ε. */
  public Branch(Kind kind, int block, long width, Stack stack, NormSite.Affine affine) {
    this(kind, block, width, stack, affine, NormSite.EPSILON);
  }

  /** A branch of an architecture with biases. */
  public Branch(Kind kind, int block, long width, Stack stack) {
    this(kind, block, width, stack, true);
  }

  /** A branch of an architecture with biases, or without. */
  public Branch(Kind kind, int block, long width, Stack stack, boolean bias) {
    this(kind, block, width, stack, NormSite.affine(bias));
  }

  /** The normalization site that belongs to this branch. */
  public NormSite site() {
    NormSite.Kind place =
        switch (kind) {
          case ATTENTION, CROSS_ATTENTION -> NormSite.Kind.ATTENTION;
          case FFN -> NormSite.Kind.FFN;
          case CONVOLUTION -> NormSite.Kind.CONVOLUTION;
        };
    return new NormSite(place, width, affine, epsilon);
  }
}
