package org.normfree.core.model.text;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Layers;
import org.normfree.core.model.Tokens;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * Decoder-only language model: embedding, layers of causal attention and feed-forward branches
 * joined by a {@link Method}, last norm, output projection. Sources: GPT-2; arXiv 2302.13971
 * (LLaMA).
 *
 * <p>The embedding starts with deviation 1/√width, which is LLaMA's 0.02 at about 2,500 channels;
 * what a method does with it is {@link Method#embedded}.
 */
public final class DecoderLm {
  private static final double ROTARY_BASE = 10_000;
  private static final double POSITION_DEVIATION = 0.02;

  private final DecoderLmConfig config;
  private final Method method;
  private final Scope root;
  private final Layers layers;
  private final SDVariable positions;

  private DecoderLm(DecoderLmConfig config, Method method, Scope root) {
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
            config.bias());
    positions = Tokens.positions(root, Network.POSITIONS);
  }

  /**
   * Builds the training graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; placeholders {@link Network#INPUT}, {@link Network#POSITIONS} and {@link
   *     Network#TARGETS}
   */
  public static Network build(DecoderLmConfig config, Method method, DataType type, long seed) {
    return Scope.build(
        type,
        seed,
        root -> {
          DecoderLm model = new DecoderLm(config, method, root);
          Tokens.loss(root, model.logits(model.layers.over(Optional.empty(), true)), 0);
        });
  }

  /**
   * Builds the graph of one step of generating text.
   *
   * @param config the shape
   * @param method what the network was trained with
   * @return the graph; its parameters are to be replaced by trained ones
   */
  public static IncrementalGraph incremental(DecoderLmConfig config, Method method) {
    Scope root = Scope.root(Mode.EVALUATION, DataType.FLOAT, 1);
    DecoderLm model = new DecoderLm(config.withoutDropout(), method, root);
    CachedAttention cached = new CachedAttention(root, model.layers, config.maxLength());
    model.logits(cached::mix);
    return new IncrementalGraph(
        root.network(),
        Network.INPUT,
        Network.POSITIONS,
        config.maxLength(),
        config.width(),
        cached.caches(),
        List.of());
  }

  private SDVariable logits(Layers.Mixing mixing) {
    SameDiff sd = root.graph();
    SDVariable x = embed();
    Layers.Mixing placed =
        config.positions() == DecoderLmConfig.Positions.ROTARY ? rotated(mixing) : mixing;
    for (int block = 0; block < config.depth(); block++) {
      Scope layer = root.child("block" + block);
      Scope attention = layer.child("attention");
      x = layers.selfAttention(attention, block, x, placed, drop(attention));
      Scope ffn = layer.child("ffn");
      x = layers.feedForward(ffn, block, x, drop(ffn));
    }
    SDVariable last = layers.last(root.child("norm"), x);
    if (config.tied()) {
      return root.ops().linear(Network.LOGITS, last, sd.permute(table(), 1, 0), null);
    }
    SDVariable head =
        method.linear(
            root.child("head"),
            layers.role(WeightRole.Kind.HEAD, 0),
            last,
            config.width(),
            config.vocabulary());
    return sd.updateVariableNameAndReference(head, Network.LOGITS);
  }

  private Layers.Mixing rotated(Layers.Mixing mixing) {
    return (scope, query, key, value) ->
        mixing.mix(scope, rotate(scope, "query", query), rotate(scope, "key", key), value);
  }

  private SDVariable rotate(Scope scope, String name, SDVariable x) {
    return root.ops()
        .rotary(scope.name(name + "_rotated"), x, positions, config.heads(), ROTARY_BASE);
  }

  private SDVariable embed() {
    Scope scope = root.child("embedding");
    SDVariable tokens =
        root.ops().embedding(scope.name("tokens"), table(), Tokens.ids(root, Network.INPUT));
    SDVariable x = method.embedded(scope, tokens, config.width());
    if (config.positions() == DecoderLmConfig.Positions.LEARNED) {
      Scope place = root.child("positions");
      SDVariable table =
          place.parameter(
              "weight", Initializer.normal(POSITION_DEVIATION), config.maxLength(), config.width());
      x = x.add(Tokens.rows(place, table, positions));
    }
    return drop(scope).apply(x);
  }

  private SDVariable table() {
    return method.weight(
        root.child("embedding"),
        layers.role(WeightRole.Kind.EMBEDDING, 0),
        config.vocabulary(),
        config.width());
  }

  private UnaryOperator<SDVariable> drop(Scope scope) {
    return x ->
        scope.dropout(x, config.dropout(), Size.BATCH, Size.LENGTH, Size.of(config.width()));
  }
}
