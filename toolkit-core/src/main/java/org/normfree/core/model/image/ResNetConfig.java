package org.normfree.core.model.image;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;
import org.normfree.core.nn.Scope;

/**
 * Shape of a {@link ResNet}.
 *
 * @param images what is classified
 * @param stem what stands before the first stage
 * @param block what the stages are made of
 * @param shortcut what a branch is added to where its shape is not that of its input
 * @param width channels of the stem
 * @param dims channels inside the blocks of each stage; a bottleneck gives four times as many
 * @param depths blocks of each stage; all but the first begin with a stride of 2
 */
public record ResNetConfig(
    ImageShape images,
    Stem stem,
    Block block,
    Shortcut shortcut,
    int width,
    List<Integer> dims,
    List<Integer> depths)
    implements ImageClassifier, OneStack {
  /** What stands before the first stage. */
  public enum Stem {
    /**
     * 7×7 with a stride of 2, and max-pooling with a stride of 2: a quarter of each side is left.
     */
    IMAGENET,
    /** 3×3 at every pixel, as for the images of CIFAR. */
    SMALL
  }

  /** What the stages are made of. */
  public enum Block {
    /** Two convolutions of 3×3. */
    BASIC(2, 1),
    /** 1×1, 3×3, and 1×1 to four times the channels. */
    BOTTLENECK(3, 4);

    private final int weights;
    private final int expansion;

    Block(int weights, int expansion) {
      this.weights = weights;
      this.expansion = expansion;
    }

    /** Weights of its branch. */
    int weights() {
      return weights;
    }

    /** Channels that come out over those inside. */
    int expansion() {
      return expansion;
    }
  }

  /** What a branch is added to where its shape is not that of its input. */
  public enum Shortcut {
    /** A 1×1 convolution and a norm. */
    PROJECTION,
    /** Every second place, with channels of zeros on both sides: option A of arXiv 1512.03385. */
    PAD
  }

  /** ResNets by their published names (arXiv 1512.03385). */
  public enum Preset {
    /** ResNet-18: basic blocks. */
    RESNET_18(Stem.IMAGENET, Block.BASIC, Shortcut.PROJECTION),
    /** ResNet-50: bottlenecks. */
    RESNET_50(Stem.IMAGENET, Block.BOTTLENECK, Shortcut.PROJECTION),
    /** ResNet-18 with a small stem, as it is commonly used for images of 32×32. */
    RESNET_18_SMALL(Stem.SMALL, Block.BASIC, Shortcut.PROJECTION),
    /** ResNet-20, for CIFAR. */
    RESNET_20(Stem.SMALL, Block.BASIC, Shortcut.PAD),
    /** A third of its blocks: one a stage. */
    RESNET_8(Stem.SMALL, Block.BASIC, Shortcut.PAD);

    private final Stem stem;
    private final Block block;
    private final Shortcut shortcut;

    Preset(Stem stem, Block block, Shortcut shortcut) {
      this.stem = stem;
      this.block = block;
      this.shortcut = shortcut;
    }

    private List<Integer> depths() {
      return switch (this) {
        case RESNET_18, RESNET_18_SMALL -> List.of(2, 2, 2, 2);
        case RESNET_50 -> List.of(3, 4, 6, 3);
        case RESNET_20 -> List.of(3, 3, 3);
        case RESNET_8 -> List.of(1, 1, 1);
      };
    }

    /** Its name in the registry. */
    public String modelName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The published shape. */
    public ResNetConfig config(ImageShape images) {
      int width = shortcut == Shortcut.PAD ? 16 : 64;
      List<Integer> dims =
          IntStream.range(0, depths().size()).mapToObj(stage -> width << stage).toList();
      return new ResNetConfig(images, stem, block, shortcut, width, dims, depths());
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public ResNetConfig {
    dims = List.copyOf(dims);
    depths = List.copyOf(depths);
    Checks.require(width >= 1, "the stem has %d channels, expected at least 1", width);
    Stages.check(dims, depths);
    if (shortcut == Shortcut.PAD) {
      int in = width;
      for (int dim : dims) {
        int out = dim * block.expansion();
        Checks.require(
            out >= in && (out - in) % 2 == 0,
            "dims=%s: a shortcut of %d channels cannot be padded on both sides to %d; let channels grow by an even number",
            Stages.text(dims),
            in,
            out);
        in = out;
      }
    }
  }

  /** Blocks of all stages. */
  public int blocks() {
    return Stages.blocks(depths);
  }

  @Override
  public void declare(Scope root, Method method) {
    new ResNet(this, method).declare(root);
  }

  /** Tells the registry its names: {@code resnet}, a small one, and those of the presets. */
  static void register() {
    ImageClassifiers.register(
        "resnet",
        (images, settings) -> {
          List<Integer> dims = settings.integers("dims", List.of(16, 32, 64));
          return new ResNetConfig(
              images,
              Stem.SMALL,
              Block.BASIC,
              Shortcut.PAD,
              dims.get(0),
              dims,
              settings.integers("depths", List.of(2, 2, 2)));
        });
    for (Preset preset : Preset.values()) {
      ImageClassifiers.register(preset.modelName(), (images, settings) -> preset.config(images));
    }
  }

  @Override
  public Stack stack() {
    return Stack.convolutional(blocks(), block.weights());
  }

  @Override
  public double weightsAtMost() {
    double widest = Math.max(width, Collections.max(dims));
    // 3×3 twice, or 3×3 between 1×1 from and to four times as many; and a shortcut
    return 26.0 * blocks() * widest * widest
        + widest * (49.0 * images.channels() + (double) block.expansion() * images.classes());
  }
}
