package org.normfree.core.model.image;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/**
 * Vision Transformer: patches, linear embedding, learned positions that start as a two-dimensional
 * sine-cosine grid, blocks of attention and feed-forward branches joined by a {@link Method},
 * pooling, last norm, linear head. Source: arXiv 2010.11929; the grid is that of arXiv 2205.01580;
 * with mean pooling the last norm stands behind the pooling, as in arXiv 2503.10622's code.
 */
public final class VisionTransformer {
  private final ViTConfig config;
  private final Method method;
  private final Layers layers;
  private final Scope root;

  private VisionTransformer(ViTConfig config, Method method, Scope root) {
    this.config = config;
    this.method = method;
    this.layers =
        new Layers(
                method,
                config.stack(),
                config.dim(),
                config.heads(),
                config.hidden(),
                FeedForward.GELU,
                true)
            .from(kind -> inBranch(kind) ? config.branches() : Optional.empty());
    this.root = root;
  }

  private static boolean inBranch(WeightRole.Kind kind) {
    return switch (kind) {
      case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT -> true;
      default -> false;
    };
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
  public static Network build(ViTConfig config, Method method, DataType type, long seed) {
    return config.build(method, type, seed);
  }

  static void declare(ViTConfig config, Scope root, Method method) {
    new VisionTransformer(config, method, root).build();
  }

  private void build() {
    SameDiff sd = root.graph();
    SDVariable x = embed(sd);
    for (int block = 0; block < config.depth(); block++) {
      x = layers.encoderBlock(root.child("block" + block), block, x, config.dropPath());
    }
    SDVariable pooled =
        config.pooling() == ViTConfig.Pooling.MEAN
            ? x.mean(1)
            : x.get(SDIndex.all(), SDIndex.point(0), SDIndex.all());
    SDVariable features = layers.last(root.child("norm"), pooled);
    SDVariable head =
        method.linear(
            root.child("head"),
            layers.role(WeightRole.Kind.HEAD, 0),
            features,
            config.dim(),
            config.classes());
    SDVariable logits = sd.updateVariableNameAndReference(head, Network.LOGITS);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, config.classes());
    SDVariable losses = root.ops().softmaxCrossEntropy(root.name("losses"), logits, labels);
    losses.mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  /** Patches to tokens: [batch, tokens, dim]. */
  private SDVariable embed(SameDiff sd) {
    Patches patches = config.grid();
    SDVariable image =
        sd.placeHolder(
            Network.INPUT, root.type(), -1, config.height(), config.width(), config.channels());
    SDVariable tokens =
        method.linear(
            root.child("patch"),
            layers.role(WeightRole.Kind.PATCH, 0),
            patches.of(image),
            patches.size(),
            config.dim());
    if (config.pooling() == ViTConfig.Pooling.CLS) {
      SDVariable token =
          root.parameter("class_token", Initializer.truncatedNormal(0.02), 1, 1, config.dim());
      SDVariable zeros =
          sd.zerosLike(tokens.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()));
      tokens = sd.concat(1, zeros.add(token), tokens);
    }
    SDVariable positions =
        root.parameter(
            "positions",
            (shape, rng) ->
                config.pooling() == ViTConfig.Pooling.CLS
                    ? PositionGrid.ROW_FIRST.tableWithClassToken(
                        patches.rows(), patches.columns(), config.dim())
                    : PositionGrid.ROW_FIRST.table(patches.rows(), patches.columns(), config.dim()),
            1,
            config.tokens(),
            config.dim());
    return tokens.add(positions);
  }
}
