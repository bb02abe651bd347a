package org.normfree.core.method;

import org.normfree.core.op.Squash;

/**
 * Derf's layer with another function in the place of erf: {@code γ·squash(α·x + s) + β} for each
 * norm, with a scalar shift s that starts at 0: {@code satursin}, {@code arctan}, {@code isru} and
 * {@code softsign}. Source: arXiv 2512.10938, whose search compares the first three and hardtanh;
 * softsign is not the paper's.
 */
public final class DerfRelative extends DynamicActivationNorm {
  /**
   * @param name registry name
   * @param squash the squashing function
   * @param options α₀ (0.5 in the source), the affine part
   */
  public DerfRelative(String name, Squash squash, MethodOptions options) {
    super(name, squash, true, AlphaMode.PRESENT, options);
  }
}
