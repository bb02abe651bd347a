package org.normfree.core.method;

/**
 * A place where an architecture has a normalization layer.
 *
 * @param kind what the layer stands before (or behind)
 * @param width channels, the length of the last axis
 */
public record NormSite(Kind kind, long width) {
  /** What the layer stands before (or behind). */
  public enum Kind {
    /** An attention branch. */
    ATTENTION,
    /** A feed-forward branch. */
    FFN,
    /** The head: the last layer of the stack. */
    FINAL
  }
}
