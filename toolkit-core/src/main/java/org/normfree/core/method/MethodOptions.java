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
 * @param embeddingNorm whether Peri-LN has a norm behind the embedding of language models
 * @param lambda initial λ of BHyT, finite
 * @param ramps what changes with the number of training steps
 */
public record MethodOptions(
    Alpha0 alpha0,
    boolean perChannelAlpha,
    boolean learnAlpha,
    boolean affine,
    boolean embeddingScale,
    double layerScale,
    boolean embeddingNorm,
    double lambda,
    Ramps ramps) {
  /** What a method may read of these. */
  public enum Choice {
    /** α: its start, whether it is a vector and whether it is trained. */
    ALPHA,
    /** Whether dynamic activations have γ and β. */
    AFFINE,
    /** The scalar behind the embedding of language models. */
    EMBEDDING_SCALE,
    /** λ of LayerScale. */
    LAYER_SCALE,
    /** The norm behind the embedding of language models. */
    EMBEDDING_NORM,
    /** λ of BHyT. */
    LAMBDA,
    /** T of ProRes. */
    RESIDUAL_RAMP,
    /** When and how long a norm fades. */
    TAPER
  }

  /**
   * What methods change with the number of training steps.
   *
   * @param residual T of ProRes: the branches of layer l reach their full size after T·l steps, at
   *     least 1
   * @param taperFrom steps of TaperNorm with the norm alone, at least 1
   * @param taperOver steps in which TaperNorm's norm fades, at least 1
   */
  public record Ramps(long residual, long taperFrom, long taperOver) {
    /** T = 1000, as in ProRes' source; TaperNorm's two are this toolkit's choice. */
    public static final Ramps DEFAULTS = new Ramps(1000, 500, 1000);

    /**
     * @throws InputException if a number of steps is too small
     */
    public Ramps {
      require("prores.warmup", residual);
      require("taper.warmup", taperFrom);
      require("taper.decay", taperOver);
    }

    private static void require(String name, long steps) {
      if (steps < 1) {
        throw new InputException(
            "%s=%s, expected a number of steps of at least 1; 1000 is usual"
                .formatted(name, steps));
      }
    }
  }

  /** The papers' defaults: α₀ = 0.5, scalar and learned; affine; λ = 1e-4. */
  public static final MethodOptions DEFAULTS =
      new MethodOptions(Alpha0.everywhere(0.5), false, true, true, true, 1e-4);

  /**
   * @throws InputException if a λ is not finite
   */
  public MethodOptions {
    requireFinite("LayerScale", layerScale, 1e-4);
    requireFinite("BHyT", lambda, 2);
  }

  /** With the defaults of what is not named. */
  public MethodOptions(
      Alpha0 alpha0,
      boolean perChannelAlpha,
      boolean learnAlpha,
      boolean affine,
      boolean embeddingScale,
      double layerScale) {
    this(
        alpha0,
        perChannelAlpha,
        learnAlpha,
        affine,
        embeddingScale,
        layerScale,
        false,
        2,
        Ramps.DEFAULTS);
  }

  private static void requireFinite(String whose, double lambda, double usual) {
    if (!Double.isFinite(lambda)) {
      throw new InputException(
          "the initial λ of %s is %s, expected a finite number; %s is usual"
              .formatted(whose, lambda, usual));
    }
  }

  /** The same with another α₀. */
  public MethodOptions withAlpha0(Alpha0 other) {
    return new MethodOptions(
        other,
        perChannelAlpha,
        learnAlpha,
        affine,
        embeddingScale,
        layerScale,
        embeddingNorm,
        lambda,
        ramps);
  }

  /** The same with a norm behind the embedding of Peri-LN, or without. */
  public MethodOptions withEmbeddingNorm(boolean wanted) {
    return new MethodOptions(
        alpha0,
        perChannelAlpha,
        learnAlpha,
        affine,
        embeddingScale,
        layerScale,
        wanted,
        lambda,
        ramps);
  }

  /** The same with another λ of BHyT. */
  public MethodOptions withLambda(double other) {
    return new MethodOptions(
        alpha0,
        perChannelAlpha,
        learnAlpha,
        affine,
        embeddingScale,
        layerScale,
        embeddingNorm,
        other,
        ramps);
  }

  /** The same with other numbers of steps. */
  public MethodOptions withRamps(Ramps other) {
    return new MethodOptions(
        alpha0,
        perChannelAlpha,
        learnAlpha,
        affine,
        embeddingScale,
        layerScale,
        embeddingNorm,
        lambda,
        other);
  }
}
