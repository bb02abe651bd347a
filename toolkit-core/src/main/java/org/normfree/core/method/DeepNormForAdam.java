package org.normfree.core.method;

/**
 * DeepNorm with the constants that keep the update of an optimizer with steps of the gradient's
 * sign, such as Adam, independent of depth: {@code α = √n} and weights times {@code n^(−1/2)} for n
 * residual branches in the stack, where {@link DeepNorm}'s fourth roots are for SGD. Source: Su
 * Jianlin, kexue.fm 8978, for one stack of n = 2N branches; that each stack of an encoder–decoder
 * counts its own branches is this toolkit's reading.
 */
public final class DeepNormForAdam extends FixedResidualScale {
  @Override
  public String name() {
    return "deepnorm-adam";
  }

  @Override
  DeepNormCoefficients coefficients(Stack stack) {
    double root = Math.sqrt(stack.ownBranches());
    return new DeepNormCoefficients(root, 1 / root);
  }
}
