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
    Checks.require(
        !hidden.isEmpty() && hidden.stream().allMatch(width -> width >= 1),
        "dims=%s, expected the width of at least one hidden layer, each at least 1",
        Stages.text(hidden));
  }

  @Override
  public void declare(Scope root, Method method) {
    ConvolutionLayers layers = new ConvolutionLayers(method, Stack.convolutional(0, 0));
    long in = (long) images.height() * images.width() * images.channels();
    SDVariable x = Classification.input(root, images).reshape(-1, in);
    for (int i = 0; i < hidden.size(); i++) {
      Scope scope = root.child("hidden" + i);
      long width = hidden.get(i);
      // not a head to methods that start heads in their own way
      WeightRole role = layers.role(WeightRole.Kind.STEM).from(LINEAR);
      x = method.linear(scope, role, x, in, width);
      x = layers.norm(scope.child("norm"), NormSite.Kind.STEM, x, width);
      x = scope.graph().math().tanh(scope.name("tanh"), x);
      in = width;
    }
    WeightRole role = layers.role(WeightRole.Kind.HEAD).from(LINEAR);
    Classification.learn(
        root, method.linear(root.child("head"), role, x, in, images.classes()), images);
  }

  /** Tells the registry its name, {@code mlp}: one hidden layer of 64 units. */
  static void register() {
    ImageClassifiers.register(
        "mlp", (images, settings) -> new MlpConfig(images, settings.integers("dims", List.of(64))));
  }
}
