package org.normfree.core.method;

import org.normfree.core.InputException;

/**
 * What may be chosen about a method besides its name; each method reads what concerns it.
 *
 * @param alpha0Attention initial α of dynamic activations before attention, finite
 * @param alpha0Other initial α of the other dynamic activations (FFN, last norm), finite
 * @param perChannelAlpha whether α is a vector over channels instead of one scalar a layer
 * @param learnAlpha whether α is trained; otherwise it stays at α₀
 * @param affine whether dynamic activations have γ and β
 * @param embeddingScale whether dynamic activations in language models begin with a trained scalar
 *     behind the embedding
 * @param layerScale initial λ of LayerScale, finite
 */
public record MethodOptions(
    double alpha0Attention,
    double alpha0Other,
    boolean perChannelAlpha,
    boolean learnAlpha,
    boolean affine,
    boolean embeddingScale,
    double layerScale) {
  /** The papers' defaults: α₀ = 0.5, scalar and learned; affine; λ = 1e-4. */
  public static final MethodOptions DEFAULTS =
      new MethodOptions(0.5, 0.5, false, true, true, true, 1e-4);

  /**
   * @throws InputException if a number is not finite
   */
  public MethodOptions {
    requireFinite("the initial α of DyT and its relatives", alpha0Attention, "0.5");
    requireFinite("the initial α of DyT and its relatives", alpha0Other, "0.5");
    requireFinite("the initial λ of LayerScale", layerScale, "1e-4");
  }

  /** The same with another α₀ everywhere. */
  public MethodOptions withAlpha0(double alpha0) {
    return new MethodOptions(
        alpha0, alpha0, perChannelAlpha, learnAlpha, affine, embeddingScale, layerScale);
  }

  private static void requireFinite(String what, double value, String usual) {
    if (!Double.isFinite(value)) {
      throw new InputException(
          "%s is %s, expected a finite number; %s is usual".formatted(what, value, usual));
    }
  }
}
