package org.normfree.core.method;

/**
 * DeepNorm with the constants for LAMB, whose step is relative to the size of a weight matrix:
 * {@code α = 1} and weights times {@code n^(−1/2)} for n residual branches in the stack. Source: Su
 * Jianlin, kexue.fm 8978, for one stack of n = 2N branches; that each stack of an encoder–decoder
 * counts its own branches is this toolkit's reading.
 */
public final class DeepNormForLamb extends FixedResidualScale {
  @Override
  public String name() {
    return "deepnorm-lamb";
  }

  @Override
  DeepNormCoefficients coefficients(Stack stack) {
    return new DeepNormCoefficients(1, 1 / Math.sqrt(stack.ownBranches()));
  }
}
