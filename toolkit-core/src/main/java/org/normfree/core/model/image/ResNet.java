package org.normfree.core.model.image;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.WindowAxis;

/**
 * ResNet: convolutions without bias, each with a norm behind it, in branches that are added to a
 * shortcut, a ReLU behind the sum; mean over places, linear head. A method stands where each norm
 * does, that of the shortcut included, and joins each branch. Source: arXiv 1512.03385 and
 * torchvision's code, stride in the 3×3 of a bottleneck; for CIFAR the repository
 * akamaster/pytorch_resnet_cifar10. Convolutions start He normal by their fan-out, the head as
 * PyTorch's default.
 */
public final class ResNet {
  private static final ConvolutionTerms ONE = ConvolutionTerms.image(1);
  private static final ConvolutionTerms THREE = ConvolutionTerms.image(3).padding(1);
  private static final ConvolutionTerms SEVEN = ConvolutionTerms.image(7).stride(2).padding(3);
  private static final WindowAxis POOLING = WindowAxis.of(3).stride(2).padding(1);

  private final ResNetConfig config;
  private final Method method;
  private final ConvolutionLayers layers;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   */
  public ResNet(ResNetConfig config, Method method) {
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
  public static Network build(ResNetConfig config, Method method, DataType type, long seed) {
    return config.build(method, type, seed);
  }

  void declare(Scope root) {
    SDVariable logits = logits(root, Classification.input(root, config.images()));
    Classification.learn(root, logits, config.images());
  }

  /**
   * The whole network.
   *
   * @param root its place
   * @param images [batch, height, width, channels]
   * @return [batch, classes]
   */
  public SDVariable logits(Scope root, SDVariable images) {
    SDVariable x = stem(root.child("stem"), images);
    long in = config.width();
    int block = 0;
    for (int stage = 0; stage < config.dims().size(); stage++) {
      Scope scope = root.child("stage" + stage);
      long dim = config.dims().get(stage);
      for (int i = 0; i < config.depths().get(stage); i++) {
        long stride = stage > 0 && i == 0 ? 2 : 1;
        x = block(scope.child("block" + i), block++, x, new Widths(in, dim), stride);
        in = dim * config.block().expansion();
      }
    }
    long classes = config.images().classes();
    WeightRole head = layers.role(WeightRole.Kind.HEAD).from(Start.pytorchDefault(in));
    return method.linear(root.child("head"), head, x.mean(1, 2), in, classes);
  }

  /**
   * What stands before the first stage.
   *
   * @param scope its place
   * @param x [batch, height, width, channels]
   * @return [batch, height', width', channels of the stem], a quarter of each side rounded up for
   *     the large stem, as before for the small one
   */
  public SDVariable stem(Scope scope, SDVariable x) {
    boolean small = config.stem() == ResNetConfig.Stem.SMALL;
    SDVariable y =
        layers.normed(
            scope,
            WeightRole.Kind.STEM,
            NormSite.Kind.STEM,
            0,
            x,
            small ? THREE : SEVEN,
            config.images().channels(),
            config.width());
    y = relu(scope, "relu", y);
    return small ? y : scope.ops().maxPool2d(scope.name("pooled"), y, POOLING, POOLING);
  }

  /**
   * Channels of a block.
   *
   * @param in of its input
   * @param inside of its convolutions; a bottleneck gives four times as many
   */
  public record Widths(long in, long inside) {}

  /**
   * A block: a branch of convolutions, added to its shortcut, and a ReLU.
   *
   * @param scope its place
   * @param block its number over all stages
   * @param x [batch, height, width, in]
   * @param widths channels
   * @param stride of its 3×3 that has one, the first
   * @return [batch, ⌈height/stride⌉, ⌈width/stride⌉, out]
   */
  public SDVariable block(Scope scope, int block, SDVariable x, Widths widths, long stride) {
    long out = widths.inside * config.block().expansion();
    SDVariable shortcut = x;
    if (stride != 1 || widths.in != out) {
      shortcut = shortcut(scope.child("shortcut"), block, x, widths.in, out, stride);
    }
    Scope branch = scope.child("branch");
    UnaryOperator<SDVariable> f =
        config.block() == ResNetConfig.Block.BASIC
            ? in -> basic(branch, block, in, widths, stride)
            : in -> bottleneck(branch, block, in, widths, stride);
    Branch of = new Branch(Branch.Kind.CONVOLUTION, block, out, layers.stack());
    return relu(scope, "relu", method.residual(branch, of, x, shortcut, f));
  }

  private SDVariable shortcut(
      Scope scope, int block, SDVariable x, long in, long out, long stride) {
    ConvolutionTerms terms = ONE.stride(stride);
    if (config.shortcut() == ResNetConfig.Shortcut.PROJECTION) {
      return layers.normed(
          scope, WeightRole.Kind.SHORTCUT, NormSite.Kind.SHORTCUT, block, x, terms, in, out);
    }
    // a fixed map of ones takes every second place and puts zeros beside the channels at once
    SDVariable padding = scope.constant("padding", (shape, rng) -> padding(in, out), 1, 1, in, out);
    return scope.ops().convolution2d(scope.name("output"), x, padding, null, terms);
  }

  private static double[] padding(long in, long out) {
    double[] ones = new double[Math.toIntExact(in * out)];
    for (long channel = 0; channel < in; channel++) {
      ones[Math.toIntExact(channel * out + (out - in) / 2 + channel)] = 1;
    }
    return ones;
  }

  private SDVariable basic(Scope scope, int block, SDVariable x, Widths widths, long stride) {
    long dim = widths.inside;
    SDVariable y =
        inside(
            scope.child("conv1"),
            WeightRole.Kind.CONVOLUTION_IN,
            block,
            x,
            THREE.stride(stride),
            new Widths(widths.in, dim));
    y = relu(scope, "relu1", y);
    return inside(
        scope.child("conv2"),
        WeightRole.Kind.CONVOLUTION_OUT,
        block,
        y,
        THREE,
        new Widths(dim, dim));
  }

  private SDVariable bottleneck(Scope scope, int block, SDVariable x, Widths widths, long stride) {
    long dim = widths.inside;
    SDVariable y =
        inside(
            scope.child("conv1"),
            WeightRole.Kind.CONVOLUTION_IN,
            block,
            x,
            ONE,
            new Widths(widths.in, dim));
    y = relu(scope, "relu1", y);
    y =
        inside(
            scope.child("conv2"),
            WeightRole.Kind.CONVOLUTION,
            block,
            y,
            THREE.stride(stride),
            new Widths(dim, dim));
    y = relu(scope, "relu2", y);
    return inside(
        scope.child("conv3"),
        WeightRole.Kind.CONVOLUTION_OUT,
        block,
        y,
        ONE,
        new Widths(dim, dim * config.block().expansion()));
  }

  /** A convolution of a branch from {@code in} to {@code inside} channels, with its norm. */
  private SDVariable inside(
      Scope scope,
      WeightRole.Kind kind,
      int block,
      SDVariable x,
      ConvolutionTerms terms,
      Widths widths) {
    return layers.normed(
        scope, kind, NormSite.Kind.CONVOLUTION, block, x, terms, widths.in, widths.inside);
  }

  private static SDVariable relu(Scope scope, String name, SDVariable x) {
    return scope.graph().nn().relu(scope.name(name), x, 0);
  }
}
