package org.normfree.core.model.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.model.ProjectionHead;
import org.normfree.core.nn.Initializer;

/**
 * Shape of a student and its teacher.
 *
 * @param backbone the Vision Transformer whose features are wanted
 * @param crops what the two are shown of an image
 * @param head what makes scores of features
 * @param loss what the student learns from the teacher's
 */
public record SelfDistillationConfig(
    Backbone backbone, Crops crops, ProjectionHead head, DistillationLoss loss)
    implements Architecture {

  /**
   * Shape of the Vision Transformer.
   *
   * @param height pixels down of the images that it has a position a patch for, a multiple of patch
   * @param width pixels across, a multiple of patch
   * @param channels image channels
   * @param patch pixels of a square patch's side
   * @param dim channels of the residual stream, a multiple of heads
   * @param depth number of blocks
   * @param heads attention heads
   * @param mlpRatio channels of the feed-forward network over dim
   * @param dropPath the student's drop-path rate in the last block; it rises linearly from 0 in the
   *     first. The teacher has none
   * @param weights what linear maps start from, those of the head too
   */
  public record Backbone(
      int height,
      int width,
      int channels,
      int patch,
      int dim,
      int depth,
      int heads,
      double mlpRatio,
      double dropPath,
      Weights weights) {
    /** The published start. */
    public Backbone(
        int height,
        int width,
        int channels,
        int patch,
        int dim,
        int depth,
        int heads,
        double mlpRatio,
        double dropPath) {
      this(
          height, width, channels, patch, dim, depth, heads, mlpRatio, dropPath, Weights.PUBLISHED);
    }

    /**
     * @throws InputException if the numbers do not fit each other; the message says which and why
     */
    public Backbone {
      Checks.require(patch >= 1, "patch=%d, expected at least 1 pixel", patch);
      requirePatches("the image", height, width, patch);
      Checks.heads(dim, heads);
      Checks.require(depth >= 1, "depth=%d, expected at least 1 block", depth);
      Checks.hidden(mlpRatio, dim);
      Checks.rate("drop.path", dropPath);
    }

    /** The grid that it has positions for. */
    Patches patches() {
      return patches(height, width);
    }

    /** The grid of an image of another size. */
    Patches patches(int rows, int columns) {
      return new Patches(rows, columns, channels, patch);
    }

    /** Channels of the feed-forward network. */
    int hidden() {
      return Checks.hidden(mlpRatio, dim);
    }

    /** Its layers. */
    public Stack stack() {
      return Stack.encoderOnly(depth);
    }

    /** The same without drop path. */
    Backbone withoutDropPath() {
      return new Backbone(height, width, channels, patch, dim, depth, heads, mlpRatio, 0, weights);
    }
  }

  /** What linear maps start from; biases are 0 but for the patch embedding's. */
  public enum Weights {
    /**
     * Normal with deviation 0.02, the patch embedding as PyTorch's convolutions. A narrow network
     * then starts with nearly the same answer to everything.
     */
    PUBLISHED,
    /** Xavier uniform, queries, keys and values drawn as one matrix. */
    XAVIER;

    private static final double DEVIATION = 0.02;

    /** Of a weight of a backbone. */
    Optional<Start> start(WeightRole.Kind kind, long patchSize) {
      return Optional.of(
          switch (kind) {
            case PATCH -> this == PUBLISHED ? Start.pytorchDefault(patchSize) : Start.of(linear());
            case QUERY, KEY, VALUE ->
                this == PUBLISHED ? Start.of(linear()) : Start.jointQueryKeyValue();
            default -> Start.of(linear());
          });
    }

    /** Of any linear map. */
    Initializer linear() {
      return this == XAVIER ? Initializer.xavierUniform(1) : Initializer.normal(DEVIATION);
    }
  }

  /**
   * Sizes of crops in pixels, multiples of patch.
   *
   * @param globalHeight down, of the two crops that both are shown
   * @param globalWidth across
   * @param localHeight down, of those that only the student is shown
   * @param localWidth across
   */
  public record Crops(int globalHeight, int globalWidth, int localHeight, int localWidth) {
    /** Square crops. */
    public static Crops square(int global, int local) {
      return new Crops(global, global, local, local);
    }
  }

  /** Backbones by their usual names (arXiv 2104.14294), all with MLP ratio 4 and patch 16 or 8. */
  public enum Preset {
    /** Ti: 192 channels, 12 blocks, 3 heads. */
    TINY(192, 12, 3),
    /** S: 384 channels, 12 blocks, 6 heads. */
    SMALL(384, 12, 6),
    /** B: 768 channels, 12 blocks, 12 heads. */
    BASE(768, 12, 12);

    private final int dim;
    private final int depth;
    private final int heads;

    Preset(int dim, int depth, int heads) {
      this.dim = dim;
      this.depth = depth;
      this.heads = heads;
    }

    /**
     * @param model a model's name, for example {@code dino-small}
     * @return the preset of that name; empty if there is none
     */
    public static Optional<Preset> named(String model) {
      return Arrays.stream(values())
          .filter(preset -> model.equals("dino-" + preset.name().toLowerCase(Locale.ROOT)))
          .findFirst();
    }

    /**
     * The backbone for square images.
     *
     * @param side of the image in pixels; 224 in the paper
     * @param channels of the image
     * @param patch 16 or 8 in the paper
     * @param dropPath the student's; 0.1 in the paper
     */
    public Backbone backbone(int side, int channels, int patch, double dropPath) {
      return new Backbone(side, side, channels, patch, dim, depth, heads, 4, dropPath);
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
   * @throws InputException if the patch does not divide a crop
   * @throws IllegalArgumentException if head and loss do not have the same outputs
   */
  public SelfDistillationConfig {
    int patch = backbone.patch;
    requirePatches("the global crops", crops.globalHeight, crops.globalWidth, patch);
    if (loss.locals() > 0) {
      requirePatches("the local crops", crops.localHeight, crops.localWidth, patch);
    }
    if (head.outputs() != loss.outputs()) {
      throw new IllegalArgumentException(
          "the head has %s outputs, the loss %s".formatted(head.outputs(), loss.outputs()));
    }
  }

  private static void requirePatches(String what, int height, int width, int patch) {
    Checks.require(
        height >= patch && width >= patch && height % patch == 0 && width % patch == 0,
        "patch=%d does not divide %s of %d×%d pixels; choose a divisor of both sides",
        patch,
        what,
        height,
        width);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(backbone.depth(), backbone.dim(), backbone.hidden())
        + (double) backbone.dim() * (backbone.patches().count() + 1 + backbone.patches().size())
        + (double) head.hidden() * (backbone.dim() + (double) head.layers() * head.hidden())
        + (double) head.bottleneck() * (backbone.dim() + head.hidden() + head.outputs());
  }

  @Override
  public List<Stack> stacks() {
    return List.of(backbone.stack());
  }
}
