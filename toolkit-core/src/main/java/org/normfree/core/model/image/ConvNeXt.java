package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * ConvNeXt: a stem of patches and a norm; stages of blocks {@code x + g∘W₂·gelu(W₁·norm(dw(x)))},
 * dw depthwise, between them a norm and a map of patches; mean over places, norm, linear head.
 * Every map has a bias. A method stands where each norm does and joins each block. Source: arXiv
 * 2201.03545 and its code, facebookresearch/ConvNeXt; channels lie last here, so that its
 * channels-first norms are the ordinary ones.
 */
public final class ConvNeXt {
  /** Depthwise, W₁ and W₂. */
  static final int BRANCH_WEIGHTS = 3;

  private static final int MLP_RATIO = 4;
  private static final int RANK = 4;

  private final ConvNeXtConfig config;
  private final Method method;
  private final ConvolutionLayers layers;
  private final Start start;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   */
  public ConvNeXt(ConvNeXtConfig config, Method method) {
    this.config = config;
    this.method = method;
    this.layers = new ConvolutionLayers(method, config.stack());
    this.start = config.weights().start();
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
  public static Network build(ConvNeXtConfig config, Method method, DataType type, long seed) {
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
    int block = 0;
    for (int stage = 0; stage < config.dims().size(); stage++) {
      Scope scope = root.child("stage" + stage);
      if (stage > 0) {
        x = downsample(scope.child("downsample"), stage, x);
      }
      for (int i = 0; i < config.depths().get(stage); i++) {
        x = block(scope.child("block" + i), stage, block++, x);
      }
    }
    return head(root, x);
  }

  /**
   * Patches of pixels, mapped, and a norm. Pixels at the end that fill no patch are not seen.
   *
   * @param scope its place
   * @param x [batch, height, width, channels]
   * @return [batch, ⌊height/stem⌋, ⌊width/stem⌋, channels of the first stage]
   */
  public SDVariable stem(Scope scope, SDVariable x) {
    ConvolutionTerms terms = ConvolutionTerms.image(config.stem()).stride(config.stem());
    long dim = config.dims().get(0);
    SDVariable y =
        method.convolution(
            scope, role(WeightRole.Kind.STEM, 0), x, terms, config.images().channels(), dim);
    return layers.norm(scope.child("norm"), NormSite.Kind.STEM, y, dim);
  }

  /**
   * What stands before a stage but the first: a norm, then patches of places, mapped. Places at the
   * end that fill no patch are not seen.
   *
   * @param scope its place
   * @param stage the stage it leads to, from 1
   * @param x [batch, height, width, channels of the stage before]
   * @return [batch, ⌊height/downsample⌋, ⌊width/downsample⌋, channels of the stage]
   */
  public SDVariable downsample(Scope scope, int stage, SDVariable x) {
    long in = config.dims().get(stage - 1);
    ConvolutionTerms terms =
        ConvolutionTerms.image(config.downsample()).stride(config.downsample());
    SDVariable y = layers.norm(scope.child("norm"), NormSite.Kind.DOWNSAMPLE, x, in);
    return method.convolution(
        scope, role(WeightRole.Kind.DOWNSAMPLE, 0), y, terms, in, config.dims().get(stage));
  }

  /**
   * A block.
   *
   * @param scope its place
   * @param stage its stage
   * @param block its number over all stages
   * @param x [batch, height, width, channels of the stage]
   * @return the shape of x
   */
  public SDVariable block(Scope scope, int stage, int block, SDVariable x) {
    long dim = config.dims().get(stage);
    Scope branch = scope.child("branch");
    return method.residual(
        branch,
        new Branch(Branch.Kind.CONVOLUTION, block, dim, layers.stack()),
        x,
        in -> branch.dropPath(branch(branch, dim, block, in), config.dropPath(block), RANK));
  }

  private SDVariable branch(Scope scope, long dim, int block, SDVariable x) {
    ConvolutionTerms depthwise =
        ConvolutionTerms.image(config.kernel()).padding(config.kernel() / 2).groups(dim);
    SDVariable y =
        method.convolution(
            scope.child("depthwise"),
            role(WeightRole.Kind.DEPTHWISE, block),
            x,
            depthwise,
            dim,
            dim);
    y = layers.norm(scope.child("norm"), NormSite.Kind.CONVOLUTION, y, dim);
    long hidden = MLP_RATIO * dim;
    y = method.linear(scope.child("fc1"), role(WeightRole.Kind.FFN_IN, block), y, dim, hidden);
    y = scope.ops().gelu(scope.name("gelu"), y);
    y = method.linear(scope.child("fc2"), role(WeightRole.Kind.FFN_OUT, block), y, hidden, dim);
    if (config.layerScale() == 0) {
      return y;
    }
    SDVariable factor =
        scope.parameter("layer_scale", Initializer.constant(config.layerScale()), dim);
    return scope.ops().scale(scope.name("rescaled"), y, factor);
  }

  /**
   * Mean over places, norm, linear map.
   *
   * @param root the place of {@code norm} and {@code head}
   * @param x [batch, height, width, channels of the last stage]
   * @return [batch, classes]
   */
  public SDVariable head(Scope root, SDVariable x) {
    long dim = config.dims().get(config.dims().size() - 1);
    SDVariable features = layers.norm(root.child("norm"), NormSite.Kind.FINAL, x.mean(1, 2), dim);
    return method.linear(
        root.child("head"),
        role(WeightRole.Kind.HEAD, 0),
        features,
        dim,
        config.images().classes());
  }

  private WeightRole role(WeightRole.Kind kind, int block) {
    return layers.role(kind, block, true).from(start);
  }
}
