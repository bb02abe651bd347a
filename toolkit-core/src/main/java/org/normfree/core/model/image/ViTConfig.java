package org.normfree.core.model.image;

import java.util.Locale;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Truncation;

/**
 * Shape of a Vision Transformer.
 *
 * @param height image pixels down, a multiple of patch
 * @param width image pixels across, a multiple of patch
 * @param channels image channels
 * @param classes number of classes, at least 2
 * @param patch pixels of a square patch's side
 * @param dim channels of the residual stream, a multiple of heads
 * @param depth number of blocks
 * @param heads attention heads
 * @param mlpRatio channels of the feed-forward network over dim
 * @param pooling how tokens become one vector
 * @param dropPath drop-path rate of the last block; it rises linearly from 0 in the first
 * @param branches what the weights in residual branches start from, if not as usual
 */
public record ViTConfig(
    int height,
    int width,
    int channels,
    int classes,
    int patch,
    int dim,
    int depth,
    int heads,
    double mlpRatio,
    Pooling pooling,
    double dropPath,
    Optional<Start> branches)
    implements ImageClassifier, OneStack {
  /** How tokens become one vector before the head. */
  public enum Pooling {
    /** The mean over tokens, as in arXiv 2503.10622's code. */
    MEAN,
    /** A class token, as in arXiv 2010.11929. */
    CLS
  }

  /** A Vision Transformer whose weights start as usual. */
  public ViTConfig(
      int height,
      int width,
      int channels,
      int classes,
      int patch,
      int dim,
      int depth,
      int heads,
      double mlpRatio,
      Pooling pooling,
      double dropPath) {
    this(
        height,
        width,
        channels,
        classes,
        patch,
        dim,
        depth,
        heads,
        mlpRatio,
        pooling,
        dropPath,
        Optional.empty());
  }

  /** ViTs by their usual names (arXiv 2010.11929, 2012.12877), all with MLP ratio 4. */
  public enum Preset {
    /** ViT-Ti: 192 channels, 12 blocks, 3 heads. */
    TINY(192, 12, 3),
    /** ViT-S: 384 channels, 12 blocks, 6 heads. */
    SMALL(384, 12, 6),
    /** ViT-B: 768 channels, 12 blocks, 12 heads. */
    BASE(768, 12, 12);

    private final int dim;
    private final int depth;
    private final int heads;

    Preset(int dim, int depth, int heads) {
      this.dim = dim;
      this.depth = depth;
      this.heads = heads;
    }

    /** Its name in the registry. */
    public String modelName() {
      return "vit-" + name().toLowerCase(Locale.ROOT);
    }

    /** Channels of the residual stream. */
    public int dim() {
      return dim;
    }

    /** Number of blocks. */
    public int depth() {
      return depth;
    }

    /** Attention heads. */
    public int heads() {
      return heads;
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public ViTConfig {
    new Patches(height, width, channels, patch); // refuses what does not divide
    Checks.heads(dim, heads);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 block", depth);
    Checks.require(classes >= 2, "the data has %d class, expected at least 2", classes);
    Checks.hidden(mlpRatio, dim);
    Checks.rate("drop.path", dropPath);
  }

  /** How an image is cut up. */
  Patches grid() {
    return new Patches(height, width, channels, patch);
  }

  /** Tokens of an image, without the class token. */
  public int patches() {
    return grid().count();
  }

  /** Tokens of the sequence. */
  public int tokens() {
    return patches() + (pooling == Pooling.CLS ? 1 : 0);
  }

  /** Channels of the feed-forward network. */
  public int hidden() {
    return Checks.hidden(mlpRatio, dim);
  }

  @Override
  public void declare(Scope root, Method method) {
    VisionTransformer.declare(this, root, method);
  }

  /** Tells the registry its names: {@code vit} and those of the presets. */
  static void register() {
    ImageClassifiers.register(
        "vit",
        (images, settings) ->
            of(
                images,
                settings,
                settings.integer("width"),
                settings.integer("depth"),
                settings.integer("heads")));
    for (Preset preset : Preset.values()) {
      ImageClassifiers.register(
          preset.modelName(),
          (images, settings) -> of(images, settings, preset.dim, preset.depth, preset.heads));
    }
  }

  private static ViTConfig of(
      ImageShape images, ImageSettings settings, int dim, int depth, int heads) {
    return new ViTConfig(
        images.height(),
        images.width(),
        images.channels(),
        images.classes(),
        settings.integer("patch"),
        dim,
        depth,
        heads,
        settings.decimal("mlp.ratio"),
        Pooling.valueOf(settings.word("pool").toUpperCase(Locale.ROOT)),
        settings.decimal("drop.path"),
        branches(settings.decimal("init.std"), settings.word("init.cut")));
  }

  private static Optional<Start> branches(double std, String cut) {
    Truncation truncation = Truncation.named(cut);
    Checks.require(
        std > 0 || truncation == Truncation.NONE,
        "init.cut=%s without init.std; set init.std too, for example 0.02",
        cut);
    return std > 0 ? Optional.of(Start.chosen(truncation.of(std))) : Optional.empty();
  }

  @Override
  public Stack stack() {
    return Stack.encoderOnly(depth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(depth, dim, hidden())
        + (double) dim * (tokens() + (double) patch * patch * channels + classes);
  }
}
