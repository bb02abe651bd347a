package org.normfree.core.optim;

/**
 * What masking gradients does to their moments, for elements g of mean μ and deviation σ that are
 * independent from step to step and kept with probability p, divided by it:
 *
 * <pre>
 * E = μ      Var = (σ² + (1 − p)·μ²)/p      E g² = (σ² + μ²)/p
 * </pre>
 *
 * Under Adam with β₂ → 1 the mean step is {@code √p·μ/√(μ² + σ²)}; with {@code κ = (1 − β₁)/(1 +
 * β₁)} the mean square of steps is {@code (κ(μ² + σ²) + (1 − κ)pμ²)/(μ² + σ²)}: pure noise keeps
 * its size, a pure signal is √p of it. Derivation: kexue.fm/archives/8764 for the mean; the second
 * moment is the toolkit's.
 *
 * @param mu μ
 * @param sigma σ, at least 0
 * @param kept p
 */
public record MaskMoments(double mu, double sigma, double kept) {
  /** Mean of a masked gradient. */
  public double mean() {
    return mu;
  }

  /** Variance of a masked gradient. */
  public double variance() {
    return (sigma * sigma + (1 - kept) * mu * mu) / kept;
  }

  /** Mean square of a masked gradient. */
  public double secondMoment() {
    return square() / kept;
  }

  private double square() {
    return mu * mu + sigma * sigma;
  }

  /** Mean of Adam's steps at rate 1. */
  public double adamMeanStep() {
    return Math.sqrt(kept) * mu / Math.sqrt(square());
  }

  /**
   * Root mean square of Adam's steps at rate 1.
   *
   * @param beta1 β₁
   */
  public double adamRmsStep(double beta1) {
    double kappa = (1 - beta1) / (1 + beta1);
    return Math.sqrt((kappa * square() + (1 - kappa) * kept * mu * mu) / square());
  }

  /** The mean step over that without a mask; not a number where there is no mean. */
  public double adamMeanRatio() {
    return adamMeanStep() / new MaskMoments(mu, sigma, 1).adamMeanStep();
  }

  /**
   * The root mean square step over that without a mask.
   *
   * @param beta1 β₁
   */
  public double adamRmsRatio(double beta1) {
    return adamRmsStep(beta1) / new MaskMoments(mu, sigma, 1).adamRmsStep(beta1);
  }
}
