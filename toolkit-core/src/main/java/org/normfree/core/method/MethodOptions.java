package org.normfree.core.method;

import org.normfree.core.InputException;

/**
 * What may be chosen about a method besides its name; each method reads what concerns it.
 *
 * @param alpha0 initial α of dynamic activations
 * @param perChannelAlpha whether α is a vector over channels instead of one scalar a layer
 * @param learnAlpha whether α is trained; otherwise it stays at α₀
 * @param affine whether dynamic activations have γ and β
 * @param embeddingScale whether dynamic activations in language models begin with a trained scalar
 *     behind the embedding
 * @param layerScale initial λ of LayerScale, finite
 */
public record MethodOptions(
    Alpha0 alpha0,
    boolean perChannelAlpha,
    boolean learnAlpha,
    boolean affine,
    boolean embeddingScale,
    double layerScale) {
  /** The papers' defaults: α₀ = 0.5, scalar and learned; affine; λ = 1e-4. */
  public static final MethodOptions DEFAULTS =
      new MethodOptions(Alpha0.everywhere(0.5), false, true, true, true, 1e-4);

  /**
   * @throws InputException if λ is not finite
   */
  public MethodOptions {
    if (!Double.isFinite(layerScale)) {
      throw new InputException(
          "the initial λ of LayerScale is %s, expected a finite number; 1e-4 is usual"
              .formatted(layerScale));
    }
  }

  /** The same with another α₀. */
  public MethodOptions withAlpha0(Alpha0 other) {
    return new MethodOptions(
        other, perChannelAlpha, learnAlpha, affine, embeddingScale, layerScale);
  }
}
