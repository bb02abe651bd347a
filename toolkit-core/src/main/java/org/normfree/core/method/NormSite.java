package org.normfree.core.method;

/**
 * A place where an architecture has a normalization layer.
 *
 * @param kind what the layer stands before (or behind)
 * @param width channels, the length of the last axis
 * @param affine what the architecture has there behind the normalization itself
 * @param epsilon what the architecture adds to a variance or mean square, &gt; 0
 */
public record NormSite(Kind kind, long width, Affine affine, double epsilon) {
  /** ViT's and LLaMA's ε; PyTorch's default is 1e-5. */
  public static final double EPSILON = 1e-6;

  /** What stands behind a normalization. */
  public enum Affine {
    /** A gain and a bias. */
    GAIN_AND_BIAS,
    /**
     * A gain, as in LLaMA. A layer norm keeps its bias, it would be another layer without; what has
     * not been one before has none.
     */
    GAIN,
    /** Nothing: gain and bias come from elsewhere, as in DiT (arXiv 2212.09748). */
    NONE
  }

  /** What the layer stands before, behind or inside. */
  public enum Kind {
    /** An attention branch. */
    ATTENTION,
    /** A feed-forward branch. */
    FFN,
    /** The head: the last layer of the stack. */
    FINAL,
    /** Behind a convolution outside of residual branches. */
    STEM,
    /** Inside a residual branch of convolutions. */
    CONVOLUTION,
    /** Beside a convolution between stages that makes the image smaller. */
    DOWNSAMPLE,
    /** Behind the projection of a shortcut. */
    SHORTCUT
  }

  /** A site with a gain and a bias. */
  public NormSite(Kind kind, long width) {
    this(kind, width, Affine.GAIN_AND_BIAS);
  }

  /** A site with the usual ε. */
  public NormSite(Kind kind, long width, Affine affine) {
    this(kind, width, affine, EPSILON);
  }

  /** A site with a gain, and with a bias if wanted. */
  public NormSite(Kind kind, long width, boolean bias) {
    this(kind, width, affine(bias));
  }

  /** A gain, and a bias if wanted. */
  static Affine affine(boolean bias) {
    return bias ? Affine.GAIN_AND_BIAS : Affine.GAIN;
  }

  /** Whether there is a gain. */
  public boolean gain() {
    return affine != Affine.NONE;
  }

  /** Whether there is a bias. */
  public boolean bias() {
    return affine == Affine.GAIN_AND_BIAS;
  }
}
