package org.normfree.core.model.text;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Layers;
import org.normfree.core.model.Tokens;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * Encoder-only text model: embeddings times √width plus fixed sine positions, layers of attention
 * and feed-forward branches joined by a {@link Method}, last norm; then either a classifier on the
 * mean over tokens, or a masked language model with the embedding's table as its output projection.
 * Source: arXiv 1810.04805, without its segment embeddings.
 */
public final class TextEncoder {
  private final EncoderConfig config;
  private final Method method;
  private final Scope root;
  private final Layers layers;

  private TextEncoder(EncoderConfig config, Method method, Scope root) {
    this.config = config;
    this.method = method;
    this.root = root;
    layers =
        new Layers(
            method,
            config.stack(),
            config.width(),
            config.heads(),
            config.hidden(),
            config.feedForward(),
            true);
  }

  /**
   * Builds the training graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; placeholders {@link Network#INPUT}, {@link Network#INPUT_MASK} and {@link
   *     Network#POSITIONS}, and {@link Network#LABELS} of a classifier or {@link Network#TARGETS}
   *     of a masked language model
   */
  public static Network build(EncoderConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> new TextEncoder(config, method, root).build());
  }

  private void build() {
    SameDiff sd = root.graph();
    SDVariable mask = Tokens.mask(root);
    SDVariable table =
        method.weight(
            root.child("embedding"),
            layers.role(WeightRole.Kind.EMBEDDING, 0),
            config.vocabulary(),
            config.width());
    SDVariable x = encode(table, mask);
    if (config.classes() == 0) {
      SDVariable last = layers.last(root.child("norm"), x);
      SDVariable logits = root.ops().linear(Network.LOGITS, last, sd.permute(table, 1, 0), null);
      Tokens.loss(root, logits, 0);
      return;
    }
    SDVariable kept = x.mul(sd.expandDims(mask, 2)).sum(1);
    SDVariable pooled = kept.div(mask.sum(true, 1));
    SDVariable head =
        method.linear(
            root.child("head"),
            layers.role(WeightRole.Kind.HEAD, 0),
            layers.last(root.child("norm"), pooled),
            config.width(),
            config.classes());
    SDVariable logits = sd.updateVariableNameAndReference(head, Network.LOGITS);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, config.classes());
    root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  private SDVariable encode(SDVariable table, SDVariable mask) {
    Scope place = root.child("positions");
    SDVariable waves = place.constant("waves", Tokens.waves(), config.maxLength(), config.width());
    SDVariable rows = Tokens.rows(place, waves, Tokens.positions(root, Network.POSITIONS));
    SDVariable tokens = root.ops().embedding("embedded", table, Tokens.ids(root, Network.INPUT));
    SDVariable x = tokens.mul(Math.sqrt((double) config.width())).add(rows);
    x = drop(root.child("embedding")).apply(x);
    Layers.Mixing mixing = layers.over(Optional.of(mask), false);
    for (int block = 0; block < config.depth(); block++) {
      Scope layer = root.child("block" + block);
      Scope attention = layer.child("attention");
      x = layers.selfAttention(attention, block, x, mixing, drop(attention));
      Scope ffn = layer.child("ffn");
      x = layers.feedForward(ffn, block, x, drop(ffn));
    }
    return x;
  }

  private UnaryOperator<SDVariable> drop(Scope scope) {
    return x ->
        scope.dropout(x, config.dropout(), Size.BATCH, Size.LENGTH, Size.of(config.width()));
  }
}
