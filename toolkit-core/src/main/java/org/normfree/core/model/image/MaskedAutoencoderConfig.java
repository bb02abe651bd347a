package org.normfree.core.model.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;

/**
 * Shape of a masked autoencoder.
 *
 * @param patches how images are cut up
 * @param encoder the stack that sees the patches that are kept
 * @param decoder the stack that sees all places
 * @param mlpRatio channels of the feed-forward networks over their stack's width
 * @param maskRatio share of the patches that are hidden, above 0 and below 1
 * @param normPix whether a patch is to be predicted with mean 0 and variance 1 (norm_pix_loss)
 */
public record MaskedAutoencoderConfig(
    Patches patches,
    Tower encoder,
    Tower decoder,
    double mlpRatio,
    double maskRatio,
    boolean normPix)
    implements Architecture {
  /** Share of hidden patches of the published models. */
  public static final double MASK_RATIO = 0.75;

  /**
   * Size of a stack of blocks.
   *
   * @param dim channels, a multiple of heads and of 4
   * @param depth number of blocks
   * @param heads attention heads
   */
  public record Tower(int dim, int depth, int heads) {
    private void check(String name) {
      Checks.heads(dim, heads);
      PositionGrid.requireQuarters(name, dim);
      Checks.require(depth >= 1, "the %s has %d blocks, expected at least 1", name, depth);
    }

    /** Its layers. */
    public Stack stack() {
      return Stack.encoderOnly(depth);
    }
  }

  /** Masked autoencoders by name, all with MLP ratio 4. */
  public enum Preset {
    /** ViT-B of arXiv 2111.06377, for patches of 16 pixels. */
    BASE(768, 12, 12, 512, 8, 16),
    /** ViT-L of arXiv 2111.06377, for patches of 16 pixels. */
    LARGE(1024, 24, 16, 512, 8, 16),
    /** For images of 32 pixels and patches of 4. */
    SMALL(128, 6, 4, 64, 2, 4),
    /** For images of 8 pixels and patches of 2. */
    TINY(64, 3, 4, 32, 1, 2);

    private final int dim;
    private final int depth;
    private final int heads;
    private final int decoderDim;
    private final int decoderDepth;
    private final int decoderHeads;

    Preset(int dim, int depth, int heads, int decoderDim, int decoderDepth, int decoderHeads) {
      this.dim = dim;
      this.depth = depth;
      this.heads = heads;
      this.decoderDim = decoderDim;
      this.decoderDepth = decoderDepth;
      this.decoderHeads = decoderHeads;
    }

    /** The presets' names. */
    public static List<String> names() {
      return Arrays.stream(values()).map(Preset::model).toList();
    }

    /**
     * @param model a model's name, for example {@code mae-base}
     * @return the preset of that name; empty if there is none
     */
    public static Optional<Preset> named(String model) {
      return Arrays.stream(values()).filter(preset -> model.equals(preset.model())).findFirst();
    }

    private String model() {
      return "mae-" + name().toLowerCase(Locale.ROOT);
    }

    /** The stack that sees the patches that are kept. */
    public Tower encoder() {
      return new Tower(dim, depth, heads);
    }

    /** The stack that sees all places. */
    public Tower decoder() {
      return new Tower(decoderDim, decoderDepth, decoderHeads);
    }

    /**
     * @param patches how images are cut up
     * @param normPix whether targets are normalized
     * @return the whole shape, with three quarters hidden
     */
    public MaskedAutoencoderConfig of(Patches patches, boolean normPix) {
      return new MaskedAutoencoderConfig(patches, encoder(), decoder(), 4, MASK_RATIO, normPix);
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public MaskedAutoencoderConfig {
    encoder.check("encoder");
    decoder.check("decoder");
    Checks.hidden(mlpRatio, encoder.dim);
    Checks.hidden(mlpRatio, decoder.dim);
    Checks.require(
        maskRatio > 0 && maskRatio < 1,
        "mask.ratio=%s, expected a share above 0 and below 1 (0.75 is usual)",
        maskRatio);
    int kept = Masking.kept(patches.count(), maskRatio);
    Checks.require(
        kept >= 1 && kept < patches.count(),
        "mask.ratio=%s keeps %d of %d patches, expected some to be kept and some hidden; choose"
            + " another ratio or smaller patches",
        maskRatio,
        kept,
        patches.count());
    Checks.require(
        !normPix || patches.size() >= 2,
        "norm.pix=true needs patches of at least 2 numbers, and these have %d; choose larger ones",
        patches.size());
  }

  /** Patches of an image that the encoder sees. */
  public int kept() {
    return Masking.kept(patches.count(), maskRatio);
  }

  private double weights(Tower tower) {
    return Architecture.ofLayers(tower.depth, tower.dim, Checks.hidden(mlpRatio, tower.dim))
        + (double) tower.dim * (patches.count() + 1 + patches.size());
  }

  @Override
  public double weightsAtMost() {
    return weights(encoder) + weights(decoder) + (double) encoder.dim * decoder.dim;
  }

  @Override
  public List<Stack> stacks() {
    return List.of(encoder.stack(), decoder.stack());
  }
}
