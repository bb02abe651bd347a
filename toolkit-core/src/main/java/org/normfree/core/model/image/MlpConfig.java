package org.normfree.core.model.image;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Checks;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * A multilayer perceptron on pixels: linear maps, what the method has for a norm, tanh; linear
 * head. There is nothing for a method to join. Weights and biases start as PyTorch's {@code
 * Linear}: the small network on which training dynamics are studied.
 *
 * @param images what is classified
 * @param hidden widths of the hidden layers, at least one
 */
public record MlpConfig(ImageShape images, List<Integer> hidden) implements ImageClassifier {
  private static final Start LINEAR = Start.of(Initializer.pytorchDefault());

  /**
   * @throws org.normfree.core.InputException if there is no hidden layer or one has no unit
   */
  public MlpConfig {
    hidden = List.copyOf(hidden);
    requireLayers(hidden);
  }

  static void requireLayers(List<Integer> hidden) {
    Checks.require(
        !hidden.isEmpty() && hidden.stream().allMatch(width -> width >= 1),
        "dims=%s, expected the width of at least one hidden layer, each at least 1",
        Stages.text(hidden));
  }

  @Override
  public void declare(Scope root, Method method) {
    SDVariable x =
        trunk(root, method, pixels(root, images), pixels(images), hidden, (layer, y, width) -> y);
    int last = hidden.get(hidden.size() - 1);
    Classification.learn(root, head(root.child("head"), method, x, last, images.classes()), images);
  }

  /** What comes behind a hidden layer. */
  @FunctionalInterface
  interface Behind {
    /**
     * @param layer the layer's place
     * @param y its output, [batch, width]
     */
    SDVariable of(Scope layer, SDVariable y, int width);
  }

  /** Weights of linear maps one behind the other, and of one to the classes. */
  static double weights(double in, List<Integer> hidden, double classes) {
    double width = in;
    double weights = 0;
    for (int out : hidden) {
      weights += width * out;
      width = out;
    }
    return weights + width * classes;
  }

  /** Values of an image. */
  static long pixels(ImageShape images) {
    return (long) images.height() * images.width() * images.channels();
  }

  /** The placeholder of the images with the pixels of each in a row, [batch, pixels]. */
  static SDVariable pixels(Scope root, ImageShape images) {
    return Classification.input(root, images).reshape(-1, pixels(images));
  }

  /**
   * The hidden layers.
   *
   * @param scope the place they are in
   * @param x [batch, in]
   * @param hidden their widths
   * @param behind what comes behind each
   * @return [batch, the last width]
   */
  static SDVariable trunk(
      Scope scope, Method method, SDVariable x, long in, List<Integer> hidden, Behind behind) {
    ConvolutionLayers layers = layers(method);
    SDVariable y = x;
    long width = in;
    for (int i = 0; i < hidden.size(); i++) {
      Scope layer = scope.child("hidden" + i);
      int out = hidden.get(i);
      // not a head to methods that start heads in their own way
      WeightRole role = layers.role(WeightRole.Kind.STEM).from(LINEAR);
      y = method.linear(layer, role, y, width, out);
      y = layers.norm(layer.child("norm"), NormSite.Kind.STEM, y, out);
      y = behind.of(layer, layer.graph().math().tanh(layer.name("tanh"), y), out);
      width = out;
    }
    return y;
  }

  /** A linear head, [batch, in] to [batch, out]. */
  static SDVariable head(Scope scope, Method method, SDVariable x, long in, long out) {
    WeightRole role = layers(method).role(WeightRole.Kind.HEAD).from(LINEAR);
    return method.linear(scope, role, x, in, out);
  }

  private static ConvolutionLayers layers(Method method) {
    return new ConvolutionLayers(method, Stack.convolutional(0, 0));
  }

  /** Tells the registry its name, {@code mlp}: one hidden layer of 64 units. */
  static void register() {
    ImageClassifiers.register(
        "mlp", (images, settings) -> new MlpConfig(images, settings.integers("dims", List.of(64))));
  }

  @Override
  public double weightsAtMost() {
    return weights((double) pixels(images), hidden, images.classes());
  }

  /** None: linear maps of a chain are no layers that a method joins. */
  @Override
  public List<Stack> stacks() {
    return List.of();
  }
}
