package org.normfree.core.method;

/**
 * A place where an architecture has a normalization layer.
 *
 * @param kind what the layer stands before (or behind)
 * @param width channels, the length of the last axis
 * @param bias whether the architecture adds a bias there; LLaMA's does not. A layer norm keeps its
 *     own, it would be another layer without
 */
public record NormSite(Kind kind, long width, boolean bias) {
  /** What the layer stands before, behind or inside. */
  public enum Kind {
    /** An attention branch. */
    ATTENTION,
    /** A feed-forward branch. */
    FFN,
    /** The head: the last layer of the stack. */
    FINAL,
    /** Behind a convolution outside of residual branches. */
    STEM,
    /** Inside a residual branch of convolutions. */
    CONVOLUTION,
    /** Beside a convolution between stages that makes the image smaller. */
    DOWNSAMPLE,
    /** Behind the projection of a shortcut. */
    SHORTCUT
  }

  /** A site with a bias. */
  public NormSite(Kind kind, long width) {
    this(kind, width, true);
  }
}
