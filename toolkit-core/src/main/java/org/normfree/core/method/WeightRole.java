package org.normfree.core.method;

/**
 * What a weight is for. Methods that scale initial weights go by it, never by names.
 *
 * @param kind the weight's job
 * @param stack the stack it belongs to
 */
public record WeightRole(Kind kind, Stack stack) {
  /** A weight's job. */
  public enum Kind {
    /** Query projection. */
    QUERY,
    /** Key projection. */
    KEY,
    /** Value projection. */
    VALUE,
    /** Output projection of an attention branch. */
    ATTENTION_OUT,
    /** First linear map of a feed-forward branch. */
    FFN_IN,
    /** Last linear map of a feed-forward branch. */
    FFN_OUT,
    /** Patch embedding. */
    PATCH,
    /** Classifier or output projection. */
    HEAD
  }
}
