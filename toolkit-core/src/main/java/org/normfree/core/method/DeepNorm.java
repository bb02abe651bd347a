package org.normfree.core.method;

/**
 * DeepNorm: {@code LN(α·x + f(x))} with a constant α on the residual, and Xavier-normal weights of
 * gain β for fc1, fc2, v and o, gain 1 for q and k; biases are not scaled. Source: arXiv
 * 2203.00555, figure 2 and section 4; constants in {@link DeepNormCoefficients}.
 *
 * <p>torchscale scales biases too and finds weights by their names; this follows the paper and goes
 * by role.
 */
public final class DeepNorm extends FixedResidualScale {
  @Override
  public String name() {
    return "deepnorm";
  }

  @Override
  DeepNormCoefficients coefficients(Stack stack) {
    return DeepNormCoefficients.of(stack);
  }
}
