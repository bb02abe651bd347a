package org.normfree.core.model.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;
import org.normfree.core.nn.Scope;

/**
 * Shape of a {@link Vgg}.
 *
 * @param images what is classified
 * @param features channels of each 3×3 convolution, and {@link #POOL} where a max-pooling halves
 *     both sides
 * @param grid side of the grid of means that the head sees, 7 as published; it divides the sides of
 *     the map
 * @param hidden channels of the head's hidden layers, 4096 and 4096 as published; may be empty
 * @param dropout rate behind each hidden layer, ½ as published
 */
public record VggConfig(
    ImageShape images, List<Integer> features, int grid, List<Integer> hidden, double dropout)
    implements ImageClassifier, OneStack {
  /** A max-pooling of 2×2 among the features. */
  public static final int POOL = 0;

  private static final List<Integer> DIMS_OF_19 = List.of(64, 128, 256, 512, 512);
  private static final List<Integer> DEPTHS_OF_19 = List.of(2, 2, 4, 4, 4);

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public VggConfig {
    features = List.copyOf(features);
    hidden = List.copyOf(hidden);
    Checks.require(
        features.stream().anyMatch(channels -> channels > POOL)
            && features.stream().allMatch(channels -> channels >= POOL),
        "features %s, expected channels and %d for a max-pooling",
        Stages.text(features),
        POOL);
    Checks.require(
        hidden.stream().allMatch(channels -> channels >= 1),
        "head.dims=%s, expected at least 1 channel",
        Stages.text(hidden));
    Checks.rate("head.dropout", dropout);
    int poolings = (int) features.stream().filter(channels -> channels == POOL).count();
    int height = images.height() >> poolings;
    int width = images.width() >> poolings;
    Checks.require(
        height >= 1 && width >= 1,
        "%d poolings use images of %d×%d pixels up; choose fewer stages or larger images",
        poolings,
        images.height(),
        images.width());
    Checks.require(
        grid >= 1 && height % grid == 0 && width % grid == 0,
        "head.grid=%d does not divide the %d×%d places that %d poolings leave of %d×%d pixels; head.grid=1 always does",
        grid,
        height,
        width,
        poolings,
        images.height(),
        images.width());
  }

  /** VGG-19: 16 convolutions and three linear maps, for images of 224×224. */
  public static VggConfig vgg19(ImageShape images) {
    return new VggConfig(images, stages(DIMS_OF_19, DEPTHS_OF_19), 7, List.of(4096, 4096), 0.5);
  }

  /** Stages of convolutions, each with a pooling behind it. */
  private static List<Integer> stages(List<Integer> dims, List<Integer> depths) {
    Stages.check(dims, depths);
    List<Integer> features = new ArrayList<>();
    for (int stage = 0; stage < dims.size(); stage++) {
      for (int i = 0; i < depths.get(stage); i++) {
        features.add(dims.get(stage));
      }
      features.add(POOL);
    }
    return features;
  }

  /** Places down and across that the features leave. */
  int[] places() {
    int poolings = (int) features.stream().filter(channels -> channels == POOL).count();
    return new int[] {images.height() >> poolings, images.width() >> poolings};
  }

  @Override
  public void declare(Scope root, Method method) {
    new Vgg(this, method).declare(root);
  }

  /** Tells the registry its names: {@code vgg}, a small one, and {@code vgg-19}. */
  static void register() {
    ImageClassifiers.register(
        "vgg",
        (images, settings) ->
            new VggConfig(
                images,
                stages(
                    settings.integers("dims", List.of(16, 32, 64)),
                    settings.integers("depths", List.of(1, 2, 2))),
                settings.integer("head.grid", 1),
                settings.integers("head.dims", List.of()),
                settings.decimal("head.dropout")));
    ImageClassifiers.register(
        "vgg-19",
        (images, settings) ->
            new VggConfig(
                images,
                stages(DIMS_OF_19, DEPTHS_OF_19),
                settings.integer("head.grid", 7),
                settings.integers("head.dims", List.of(4096, 4096)),
                settings.decimal("head.dropout")));
  }

  @Override
  public Stack stack() {
    return Stack.convolutional(0, 0);
  }

  @Override
  public double weightsAtMost() {
    double widest = Math.max(images.channels(), Collections.max(features));
    return 9 * features.size() * widest * widest
        + MlpConfig.weights(grid * grid * widest, hidden, images.classes());
  }
}
