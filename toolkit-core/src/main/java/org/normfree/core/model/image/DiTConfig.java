package org.normfree.core.model.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;

/**
 * Shape of a Diffusion Transformer.
 *
 * @param height image pixels down, a multiple of patch
 * @param width image pixels across, a multiple of patch
 * @param channels image channels; of latents 4
 * @param classes number of classes, at least 1
 * @param patch pixels of a square patch's side
 * @param dim channels of the residual stream, a multiple of heads and of 4
 * @param depth number of blocks
 * @param heads attention heads
 * @param mlpRatio channels of the feed-forward network over dim
 * @param times T, the number of times of the diffusion
 * @param frequencies F of the {@link TimestepEmbedding}
 * @param learnedSigma whether the variance is guessed beside the noise
 * @param zeroInit which maps begin at 0
 */
public record DiTConfig(
    int height,
    int width,
    int channels,
    int classes,
    int patch,
    int dim,
    int depth,
    int heads,
    double mlpRatio,
    int times,
    int frequencies,
    boolean learnedSigma,
    ZeroInit zeroInit)
    implements OneStack {

  /** F of the official code. */
  public static final int FREQUENCIES = 256;

  /** Which maps begin at 0, by the code that has it so. */
  public enum ZeroInit {
    /**
     * The modulation of every block and of the last layer, and the last linear map: adaLN-Zero.
     * Source: arXiv 2212.09748, facebookresearch/DiT.
     */
    DIT(true, true),
    /**
     * The modulation of the blocks only. Source: zlab-princeton/Derf, for models whose name has a
     * B.
     */
    DERF(true, false),
    /** None, as DyT is trained. Source: arXiv 2503.10622, appendix A, jiachenzhu/DyT. */
    DYT(false, false);

    private final boolean blocks;
    private final boolean last;

    ZeroInit(boolean blocks, boolean last) {
      this.blocks = blocks;
      this.last = last;
    }

    /** Whether the modulation of blocks begins at 0, so that every block begins as the identity. */
    public boolean blocks() {
      return blocks;
    }

    /** Whether the last layer begins at 0, so that the first guess is 0. */
    public boolean last() {
      return last;
    }
  }

  /**
   * DiTs by their usual names (arXiv 2212.09748, table 1), and two small ones, all with MLP ratio
   * 4: {@code dit-s/2} to {@code dit-xl/8}, {@code dit-mini/2} and {@code dit-ti/2}.
   *
   * @param dim channels of the residual stream
   * @param depth number of blocks
   * @param heads attention heads
   * @param patch pixels of a patch's side
   */
  public record Preset(int dim, int depth, int heads, int patch) {
    private enum Size {
      /** This toolkit's, for images of 8 to 32 pixels. */
      MINI(96, 4, 4),
      /** ViT-Ti's shape. */
      TI(192, 12, 3),
      S(384, 12, 6),
      B(768, 12, 12),
      L(1024, 24, 16),
      XL(1152, 28, 16);

      private final int dim;
      private final int depth;
      private final int heads;

      Size(int dim, int depth, int heads) {
        this.dim = dim;
        this.depth = depth;
        this.heads = heads;
      }
    }

    private static final int[] PATCHES = {2, 4, 8};

    /** The names, small to large. */
    public static List<String> names() {
      return Arrays.stream(Size.values())
          .flatMap(size -> Arrays.stream(PATCHES).mapToObj(patch -> name(size, patch)))
          .toList();
    }

    /**
     * @param model a model's name, for example {@code dit-s/2}
     * @return the preset of that name; empty if there is none
     */
    public static Optional<Preset> named(String model) {
      for (Size size : Size.values()) {
        for (int patch : PATCHES) {
          if (model.equals(name(size, patch))) {
            return Optional.of(new Preset(size.dim, size.depth, size.heads, patch));
          }
        }
      }
      return Optional.empty();
    }

    private static String name(Size size, int patch) {
      return "dit-" + size.name().toLowerCase(Locale.ROOT) + "/" + patch;
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public DiTConfig {
    new Patches(height, width, channels, patch); // refuses what does not divide
    Checks.require(channels >= 1, "the images have %d channels, expected at least 1", channels);
    Checks.require(classes >= 1, "the data has %d classes, expected at least 1", classes);
    Checks.heads(dim, heads);
    Checks.require(
        dim % 4 == 0,
        "width=%d is not divisible by 4, as the sines and cosines of two coordinates need; choose a"
            + " multiple",
        dim);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 block", depth);
    Checks.hidden(mlpRatio, dim);
    Checks.require(times >= 1, "the diffusion has %d times, expected at least 1", times);
    Checks.require(frequencies >= 2, "frequencies=%d, expected at least 2", frequencies);
  }

  /** How an image of so many channels is cut up. */
  Patches patches(int imageChannels) {
    return new Patches(height, width, imageChannels, patch);
  }

  /** Tokens of an image. */
  public int tokens() {
    return patches(channels).count();
  }

  /** Channels of the feed-forward network. */
  public int hidden() {
    return Checks.hidden(mlpRatio, dim);
  }

  /** Channels of the guess: the noise's, and as many for a learned variance. */
  public int guessed() {
    return learnedSigma ? 2 * channels : channels;
  }

  @Override
  public Stack stack() {
    return Stack.encoderOnly(depth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(depth, dim, hidden())
        + (double) dim
            * (4.0 * dim + FREQUENCIES + classes + tokens() + 4.0 * patch * patch * channels);
  }
}
