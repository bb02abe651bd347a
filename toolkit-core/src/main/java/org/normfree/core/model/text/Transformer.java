package org.normfree.core.model.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Layers;
import org.normfree.core.model.Tokens;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * Encoder–decoder Transformer: embeddings times √width plus fixed sine positions, an encoder of
 * attention and feed-forward branches, a decoder of causal attention, attention to the encoder's
 * output, and feed-forward branches, all joined by a {@link Method}; output projection with the
 * embedding table if tied. Source: arXiv 1706.03762.
 *
 * <p>Padding of the source is masked; padding of the target comes behind all that counts, where the
 * causal mask hides it, and its targets are {@link Network#IGNORED}.
 */
public final class Transformer {
  private final TransformerConfig config;
  private final Method method;
  private final Scope root;
  private final Layers encoder;
  private final Layers decoder;

  private Transformer(TransformerConfig config, Method method, Scope root) {
    this.config = config;
    this.method = method;
    this.root = root;
    encoder = layers(Stack.Kind.ENCODER);
    decoder = layers(Stack.Kind.DECODER);
  }

  private Layers layers(Stack.Kind kind) {
    return new Layers(
        method,
        config.stack(kind),
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
   * @return the network; placeholders {@link Network#INPUT}, {@link Network#INPUT_MASK}, {@link
   *     Network#POSITIONS}, {@link Network#DECODER_INPUT}, {@link Network#DECODER_POSITIONS} and
   *     {@link Network#TARGETS}
   */
  public static Network build(TransformerConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> new Transformer(config, method, root).build());
  }

  private void build() {
    SDVariable mask = Tokens.mask(root);
    SDVariable memory = encode(mask);
    SDVariable logits =
        decode(decoder.over(Optional.empty(), true), block -> memory(block, memory), mask);
    Tokens.loss(root, logits, config.labelSmoothing());
  }

  /**
   * Builds the graph that runs once a source: from {@link Network#INPUT}, {@link
   * Network#INPUT_MASK} and {@link Network#POSITIONS} to the keys and values that every layer of
   * the decoder looks at, under the names of {@link IncrementalGraph#memories}.
   *
   * @param config the shape
   * @param method what the network was trained with
   * @return the graph; its parameters are to be replaced by trained ones
   */
  public static Network encoding(TransformerConfig config, Method method) {
    Scope root = Scope.root(Mode.EVALUATION, DataType.FLOAT, 1);
    Transformer model = new Transformer(config.withoutDropout(), method, root);
    SDVariable memory = model.encode(Tokens.mask(root));
    for (int block = 0; block < config.decoderDepth(); block++) {
      Layers.Memory kept = model.memory(block, memory);
      IncrementalGraph.Memory names = names(block);
      kept.key().rename(names.key());
      kept.value().rename(names.value());
    }
    return root.network();
  }

  /**
   * Builds the graph of one decoding step.
   *
   * @param config the shape
   * @param method what the network was trained with
   * @return the graph; its parameters are to be replaced by trained ones
   */
  public static IncrementalGraph incremental(TransformerConfig config, Method method) {
    Scope root = Scope.root(Mode.EVALUATION, DataType.FLOAT, 1);
    Transformer model = new Transformer(config.withoutDropout(), method, root);
    CachedAttention cached = new CachedAttention(root, model.decoder, config.maxLength());
    List<IncrementalGraph.Memory> memories = new ArrayList<>();
    model.decode(
        cached::mix,
        block -> {
          IncrementalGraph.Memory names = names(block);
          memories.add(names);
          return new Layers.Memory(
              model.placeholder(names.key()), model.placeholder(names.value()));
        },
        Tokens.mask(root));
    return new IncrementalGraph(
        root.network(),
        Network.DECODER_INPUT,
        Network.DECODER_POSITIONS,
        config.maxLength(),
        config.width(),
        cached.caches(),
        memories);
  }

  private static IncrementalGraph.Memory names(int block) {
    return new IncrementalGraph.Memory("memory.key" + block, "memory.value" + block);
  }

  private SDVariable placeholder(String name) {
    return root.graph().placeHolder(name, root.type(), -1, -1, config.width());
  }

  private SDVariable encode(SDVariable mask) {
    Scope scope = root.child("encoder");
    SDVariable x = embed(scope, encoder, Network.INPUT, Network.POSITIONS, Size.LENGTH);
    Layers.Mixing mixing = encoder.over(Optional.of(mask), false);
    for (int block = 0; block < config.encoderDepth(); block++) {
      Scope layer = scope.child("block" + block);
      Scope attention = layer.child("attention");
      x = encoder.selfAttention(attention, block, x, mixing, drop(attention, Size.LENGTH));
      Scope ffn = layer.child("ffn");
      x = encoder.feedForward(ffn, block, x, drop(ffn, Size.LENGTH));
    }
    return encoder.last(scope.child("norm"), x);
  }

  private Layers.Memory memory(int block, SDVariable memory) {
    return decoder.memory(cross(block), block, memory);
  }

  private Scope cross(int block) {
    return root.child("decoder").child("block" + block).child("cross");
  }

  private SDVariable decode(
      Layers.Mixing mixing, IntFunction<Layers.Memory> memory, SDVariable sourceMask) {
    Scope scope = root.child("decoder");
    Size length = Size.DECODER_LENGTH;
    SDVariable x = embed(scope, decoder, Network.DECODER_INPUT, Network.DECODER_POSITIONS, length);
    Layers.Mixing source = decoder.over(Optional.of(sourceMask), false);
    for (int block = 0; block < config.decoderDepth(); block++) {
      Scope layer = scope.child("block" + block);
      Scope attention = layer.child("attention");
      x = decoder.selfAttention(attention, block, x, mixing, drop(attention, length));
      Scope cross = cross(block);
      x = decoder.crossAttention(cross, block, x, memory.apply(block), source, drop(cross, length));
      Scope ffn = layer.child("ffn");
      x = decoder.feedForward(ffn, block, x, drop(ffn, length));
    }
    SDVariable last = decoder.last(scope.child("norm"), x);
    SameDiff sd = root.graph();
    if (config.tied()) {
      SDVariable table = table(encoder, root.child("embedding"));
      return root.ops().linear(Network.LOGITS, last, sd.permute(table, 1, 0), null);
    }
    SDVariable head =
        method.linear(
            root.child("head"),
            decoder.role(WeightRole.Kind.HEAD, 0),
            last,
            config.width(),
            config.vocabulary());
    return sd.updateVariableNameAndReference(head, Network.LOGITS);
  }

  private SDVariable embed(
      Scope scope, Layers layers, String tokens, String positions, Size length) {
    SDVariable table =
        config.tied()
            ? table(encoder, root.child("embedding"))
            : table(layers, scope.child("embedding"));
    Scope place = root.child("positions");
    SDVariable waves =
        root.graph().hasVariable(place.name("waves"))
            ? root.graph().getVariable(place.name("waves"))
            : place.constant("waves", Tokens.waves(), config.maxLength(), config.width());
    SDVariable embedded =
        root.ops()
            .embedding(scope.name("embedded"), table, Tokens.ids(root, tokens))
            .mul(Math.sqrt(config.width()));
    SDVariable x = embedded.add(Tokens.rows(scope, waves, Tokens.positions(root, positions)));
    return drop(scope, length).apply(x);
  }

  private SDVariable table(Layers layers, Scope scope) {
    WeightRole role = layers.role(WeightRole.Kind.EMBEDDING, 0);
    return method.weight(scope, role, config.vocabulary(), config.width());
  }

  private UnaryOperator<SDVariable> drop(Scope scope, Size length) {
    return x -> scope.dropout(x, config.dropout(), Size.BATCH, length, Size.of(config.width()));
  }
}
