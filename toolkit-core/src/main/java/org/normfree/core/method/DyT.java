package org.normfree.core.method;

import org.normfree.core.op.Squash;

/**
 * DyT, {@code γ·tanh(α·x) + β} for each norm, and the ablations that change its squash or leave out
 * its α: {@code dyt}, {@code hardtanh}, {@code sigmoid}, {@code identity}, and the same with {@code
 * -no-alpha}. Source: arXiv 2503.10622, sections 4 and 6.1.
 */
public final class DyT extends DynamicActivationNorm {
  private DyT(String name, Squash squash, AlphaMode mode, MethodOptions options) {
    super(name, squash, false, mode, options);
  }

  /**
   * With α.
   *
   * @param name registry name
   * @param squash the squashing function
   * @param options α₀, its granularity, the affine part
   */
  public static DyT withAlpha(String name, Squash squash, MethodOptions options) {
    return new DyT(name, squash, AlphaMode.PRESENT, options);
  }

  /**
   * Without α: {@code γ·squash(x) + β}.
   *
   * @param name registry name
   * @param squash the squashing function
   * @param options the affine part
   */
  public static DyT withoutAlpha(String name, Squash squash, MethodOptions options) {
    return new DyT(name, squash, AlphaMode.ABSENT, options);
  }
}
