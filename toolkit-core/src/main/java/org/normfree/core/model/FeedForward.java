package org.normfree.core.model;

/** What a feed-forward branch computes between its linear maps. */
public enum FeedForward {
  /** {@code relu(x·W₁)·W₂}. Source: arXiv 1706.03762, section 3.3. */
  RELU,
  /** {@code gelu(x·W₁)·W₂} with the exact GELU. Source: arXiv 1606.08415. */
  GELU,
  /** {@code gelu(x·W₁)·W₂} with the GELU's tanh form. Source: facebookresearch/DiT. */
  TANH_GELU,
  /** {@code (silu(x·W₁) ∘ x·W₃)·W₂}. Source: arXiv 2002.05202. */
  SWIGLU
}
