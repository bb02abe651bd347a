package org.normfree.core.model.image;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.WindowAxis;

/**
 * VGG: a plain chain of 3×3 convolutions with bias, norm and ReLU, max-pooling between stages; a
 * grid of means, hidden linear layers with ReLU and dropout, linear head. There is nothing for a
 * method to join: one without a norm leaves the original network, which had none. Source: arXiv
 * 1409.1556 and torchvision's code. Convolutions start He normal by their fan-out, linear maps
 * normal with deviation 0.01, biases at 0.
 */
public final class Vgg {
  private static final ConvolutionTerms THREE = ConvolutionTerms.image(3).padding(1);
  private static final WindowAxis POOLING = WindowAxis.of(2).stride(2);
  private static final Start LINEAR = Start.of(Initializer.normal(0.01));

  private final VggConfig config;
  private final Method method;
  private final ConvolutionLayers layers;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   */
  public Vgg(VggConfig config, Method method) {
    this.config = config;
    this.method = method;
    this.layers = new ConvolutionLayers(method, config.stack());
  }

  /**
   * Builds the graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; {@link Network#INPUT} is [batch, height, width, channels]
   */
  public static Network build(VggConfig config, Method method, DataType type, long seed) {
    return config.build(method, type, seed);
  }

  void declare(Scope root) {
    SDVariable x = features(root, Classification.input(root, config.images()));
    Classification.learn(root, head(root.child("head"), x), config.images());
  }

  /**
   * The convolutions, {@code conv0}, {@code conv1} and so on, and poolings.
   *
   * @param root their place
   * @param images [batch, height, width, channels]
   * @return [batch, height', width', channels of the last]
   */
  public SDVariable features(Scope root, SDVariable images) {
    SDVariable x = images;
    long in = config.images().channels();
    int convolutions = 0;
    for (int channels : config.features()) {
      if (channels == VggConfig.POOL) {
        x = root.ops().maxPool2d(null, x, POOLING, POOLING);
        continue;
      }
      Scope scope = root.child("conv" + convolutions++);
      x = method.convolution(scope, layers.role(WeightRole.Kind.STEM), x, THREE, in, channels);
      x = layers.norm(scope.child("norm"), NormSite.Kind.STEM, x, channels);
      x = scope.graph().nn().relu(scope.name("relu"), x, 0);
      in = channels;
    }
    return x;
  }

  private SDVariable head(Scope scope, SDVariable features) {
    List<Integer> channels = config.features().stream().filter(c -> c != VggConfig.POOL).toList();
    long last = channels.get(channels.size() - 1);
    int grid = config.grid();
    int[] places = config.places();
    SDVariable x = features;
    if (places[0] != grid || places[1] != grid) {
      x = x.reshape(-1, grid, places[0] / grid, grid, places[1] / grid, last).mean(2, 4);
    }
    long in = (long) grid * grid * last;
    x = x.reshape(-1, in);
    for (int i = 0; i < config.hidden().size(); i++) {
      Scope layer = scope.child("hidden" + i);
      long out = config.hidden().get(i);
      // not a head to methods that start heads in their own way
      WeightRole role = layers.role(WeightRole.Kind.STEM).from(LINEAR);
      x = method.linear(layer, role, x, in, out);
      x = layer.graph().nn().relu(layer.name("relu"), x, 0);
      x = layer.dropout(x, config.dropout(), Size.BATCH, Size.of(out));
      in = out;
    }
    WeightRole role = layers.role(WeightRole.Kind.HEAD).from(LINEAR);
    return method.linear(scope, role, x, in, config.images().classes());
  }
}
