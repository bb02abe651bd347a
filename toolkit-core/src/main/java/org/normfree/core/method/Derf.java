package org.normfree.core.method;

import org.normfree.core.op.Squash;

/**
 * Derf: {@code γ·erf(α·x + s) + β} for each norm, with a scalar shift s that starts at 0. Source:
 * arXiv 2512.10938.
 */
public final class Derf extends DynamicActivationNorm {
  /**
   * @param options α₀ (0.5 in the source), the affine part
   */
  public Derf(MethodOptions options) {
    super("derf", Squash.ERF, true, AlphaMode.PRESENT, options);
  }
}
