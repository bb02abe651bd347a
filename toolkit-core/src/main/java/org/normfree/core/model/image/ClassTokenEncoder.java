package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * A Vision Transformer that describes an image by its class token and takes images of several
 * sizes: its learned positions are those of one size, {@link PositionResize resized} for others.
 */
final class ClassTokenEncoder {
  private static final double DEVIATION = 0.02;

  private final SelfDistillationConfig.Backbone backbone;
  private final Method method;
  private final Layers layers;

  ClassTokenEncoder(SelfDistillationConfig.Backbone backbone, Method method) {
    this.backbone = backbone;
    this.method = method;
    layers =
        new Layers(
            method,
            backbone.stack(),
            backbone.dim(),
            backbone.heads(),
            backbone.hidden(),
            FeedForward.GELU,
            true,
            NormSite.Affine.GAIN_AND_BIAS,
            NormSite.EPSILON,
            kind -> backbone.weights().start(kind, backbone.patches().size()));
  }

  /**
   * The class token behind the last norm.
   *
   * @param scope the encoder's place
   * @param image [batch, height, width, channels]
   * @param patches the grid of such images
   * @return [batch, dim]
   */
  SDVariable features(Scope scope, SDVariable image, Patches patches) {
    SDVariable x = embed(scope, image, patches);
    for (int block = 0; block < backbone.depth(); block++) {
      x = layers.encoderBlock(scope.child("block" + block), block, x, backbone.dropPath());
    }
    SDVariable token = x.get(SDIndex.all(), SDIndex.point(0), SDIndex.all());
    return layers.last(scope.child("norm"), token);
  }

  /** Class token and patches with their positions, [batch, 1 + patches, dim]. */
  private SDVariable embed(Scope scope, SDVariable image, Patches patches) {
    SameDiff sd = scope.graph();
    SDVariable tokens =
        method.linear(
            scope.child("patch"),
            layers.role(WeightRole.Kind.PATCH, 0),
            patches.of(image),
            patches.size(),
            backbone.dim());
    Initializer small = Initializer.normal(DEVIATION);
    SDVariable token = scope.parameter("class_token", small, 1, 1, backbone.dim());
    SDVariable zeros =
        sd.zerosLike(tokens.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()));
    Patches known = backbone.patches();
    SDVariable positions =
        scope.parameter("positions", small, 1, 1 + known.count(), backbone.dim());
    return sd.concat(1, zeros.add(token), tokens)
        .add(PositionResize.resize(scope, positions, known, patches));
  }
}
