package org.normfree.core.model.image;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.normfree.core.InputException;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Shape of a {@link ConvNeXt}.
 *
 * @param images what is classified
 * @param stem side in pixels of the patches that the stem maps, 4 as published
 * @param downsample side in places of the patches mapped between stages, 2 as published
 * @param kernel side of the depthwise window, odd, 7 as published
 * @param dims channels of each stage
 * @param depths blocks of each stage
 * @param layerScale initial factor of each branch, 1e-6 as published; 0 for none
 * @param dropPath drop-path rate of the last block; it rises linearly from 0 in the first, over all
 *     stages
 * @param weights what weights are drawn from
 */
public record ConvNeXtConfig(
    ImageShape images,
    int stem,
    int downsample,
    int kernel,
    List<Integer> dims,
    List<Integer> depths,
    double layerScale,
    double dropPath,
    Weights weights)
    implements ImageClassifier, OneStack {
  /** What weights are drawn from; biases start at 0. */
  public enum Weights {
    /** Normal with deviation 0.02 whatever the width, as in the authors' code. */
    PUBLISHED,
    /**
     * Normal with deviation {@code 1/√(fan-in)}, so that a map keeps the size of what goes in.
     * Without a norm that rescales, narrow networks need it: 0.02 suits some hundred channels.
     */
    FAN_IN;

    Start start() {
      return Start.of(
          this == PUBLISHED
              ? Initializer.normal(0.02)
              : Initializer.kaimingNormal(Initializer.Fan.IN, 1));
    }
  }

  /** ConvNeXts by their published names (arXiv 2201.03545). */
  public enum Preset {
    /** 28.6 million parameters for 1,000 classes. */
    TINY(96, 9),
    /** 50 million. */
    SMALL(96, 27),
    /** 89 million. */
    BASE(128, 27),
    /** 198 million. */
    LARGE(192, 27);

    private final int dim;
    private final int third;

    Preset(int dim, int third) {
      this.dim = dim;
      this.third = third;
    }

    private List<Integer> dims() {
      return List.of(dim, 2 * dim, 4 * dim, 8 * dim);
    }

    private List<Integer> depths() {
      return List.of(3, 3, third, 3);
    }

    /** Its name in the registry. */
    public String modelName() {
      return "convnext-" + name().toLowerCase(Locale.ROOT);
    }

    /** The published shape, without drop path. */
    public ConvNeXtConfig config(ImageShape images) {
      return new ConvNeXtConfig(images, 4, 2, 7, dims(), depths(), 1e-6, 0, Weights.PUBLISHED);
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public ConvNeXtConfig {
    dims = List.copyOf(dims);
    depths = List.copyOf(depths);
    Checks.require(stem >= 1, "stem=%d, expected at least 1 pixel", stem);
    Checks.require(downsample >= 1, "downsample=%d, expected at least 1", downsample);
    Checks.require(
        kernel >= 1 && kernel % 2 == 1,
        "kernel=%d, expected an odd number, so that a window has a middle; 7 is usual",
        kernel);
    Stages.check(dims, depths);
    Checks.require(
        Double.isFinite(layerScale) && layerScale >= 0,
        "block.scale=%s, expected a number >= 0; 1e-6 is published",
        layerScale);
    Checks.rate("drop.path", dropPath);
    int height = images.height() / stem;
    int width = images.width() / stem;
    for (int stage = 1; stage < dims.size(); stage++) {
      height /= downsample;
      width /= downsample;
    }
    Checks.require(
        height >= 1 && width >= 1,
        "images of %d×%d pixels are used up before the last of %d stages with stem=%d and downsample=%d; choose smaller patches or fewer stages",
        images.height(),
        images.width(),
        dims.size(),
        stem,
        downsample);
  }

  /** Blocks of all stages. */
  public int blocks() {
    return Stages.blocks(depths);
  }

  /** Drop-path rate of a block, counted over all stages. */
  public double dropPath(int block) {
    return blocks() == 1 ? dropPath : dropPath * block / (blocks() - 1);
  }

  @Override
  public void declare(Scope root, Method method) {
    new ConvNeXt(this, method).declare(root);
  }

  /** Tells the registry its names: {@code convnext} and those of the presets. */
  static void register() {
    ImageClassifiers.register(
        "convnext",
        (images, settings) ->
            of(
                images,
                settings,
                2,
                settings.integers("dims", List.of(48, 96, 192)),
                settings.integers("depths", List.of(2, 2, 2))));
    for (Preset preset : Preset.values()) {
      ImageClassifiers.register(
          preset.modelName(),
          (images, settings) -> of(images, settings, 4, preset.dims(), preset.depths()));
    }
  }

  private static ConvNeXtConfig of(
      ImageShape images,
      ImageSettings settings,
      int stem,
      List<Integer> dims,
      List<Integer> depths) {
    return new ConvNeXtConfig(
        images,
        settings.integer("stem", stem),
        settings.integer("downsample"),
        settings.integer("kernel"),
        dims,
        depths,
        settings.decimal("block.scale"),
        settings.decimal("drop.path"),
        Weights.valueOf(settings.word("init").toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  @Override
  public Stack stack() {
    return Stack.convolutional(blocks(), ConvNeXt.BRANCH_WEIGHTS);
  }

  @Override
  public double weightsAtMost() {
    double widest = Collections.max(dims);
    return blocks() * widest * (8 * widest + (double) kernel * kernel)
        + widest * (dims.size() * (double) downsample * downsample * widest)
        + widest * ((double) stem * stem * images.channels() + images.classes());
  }
}
