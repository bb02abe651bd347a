package org.normfree.core.model.dna;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.Layers;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.HyenaFilterTerms;

/**
 * HyenaDNA: a causal stack in which a Hyena operator stands where a Transformer has attention.
 *
 * <p>The operator of order n projects x to gates x₀ … x_{n−1} and a value v, each through a short
 * causal convolution of every channel, and computes {@code v ← h∗(x_i⊙v) + d⊙(x_i⊙v)} for i = n−1 …
 * 1 and then {@code (x₀⊙v)·W + b}, ∗ a causal convolution as long as the sequence. Its filters h
 * depend on the position alone ({@link HyenaFilterTerms}); the network that computes them does not
 * decay. Sources: arXiv 2302.10866, arXiv 2306.15794 and the repository HazyResearch/hyena-dna.
 *
 * <p>A method sees x₀ as a query, the other gates as keys: what is read, and what is written.
 */
public final class Hyena {
  private static final double FREQUENCY = 10;

  private final HyenaConfig config;
  private final Method method;
  private final Layers layers;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   */
  public Hyena(HyenaConfig config, Method method) {
    this.config = config;
    this.method = method;
    layers =
        new Layers(
                method,
                config.stack(),
                config.width(),
                1,
                config.hidden(),
                FeedForward.TANH_GELU,
                true)
            .epsilon(config.epsilon())
            .from(kind -> Optional.of(start(kind)));
  }

  /**
   * Builds the training graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; placeholders {@link Network#INPUT} [batch, length], and {@link
   *     Network#TARGETS} of a language model or {@link Network#LABELS} of a classifier
   */
  public static Network build(HyenaConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> new Hyena(config, method).build(root));
  }

  /** The last maps of branches start smaller the more branches there are. */
  private Start start(WeightRole.Kind kind) {
    return switch (kind) {
      case ATTENTION_OUT, FFN_OUT ->
          Start.of(Initializer.normal(Ends.DEVIATION / Math.sqrt(2.0 * config.depth())));
      case DEPTHWISE -> Start.pytorchDefault(config.operator().shortKernel());
      default -> Start.of(Initializer.normal(Ends.DEVIATION));
    };
  }

  void build(Scope root) {
    SDVariable table =
        Ends.table(root, method, layers.stack(), config.vocabulary(), config.width());
    SDVariable ids = Ends.ids(root, config.length());
    SDVariable x = stream(root, root.ops().embedding("embedded", table, ids));
    if (config.classes() == 0) {
      Ends.languageModel(root, x, table);
    } else {
      Ends.classifier(root, method, layers.stack(), x.mean(1), config.width(), config.classes());
    }
  }

  /** From embedded tokens to what stands behind the last norm, both [batch, length, width]. */
  private SDVariable stream(Scope root, SDVariable embedded) {
    Scope place = root.child("embedding");
    SDVariable x = method.embedded(place, embedded, config.width());
    x = place.dropout(x, config.dropout(), Size.BATCH, Size.LENGTH, Size.of(config.width()));
    for (int i = 0; i < config.depth(); i++) {
      int block = i;
      Scope layer = root.child("block" + block);
      Scope mixer = layer.child("mixer");
      x = layers.join(mixer, Branch.Kind.ATTENTION, block, x, in -> mix(mixer, block, in));
      x = layers.feedForward(layer.child("ffn"), block, x, out -> out);
    }
    return layers.last(root.child("norm"), x);
  }

  /**
   * The operator, without what joins it to the stream.
   *
   * @param scope its place
   * @param block its layer
   * @param x [batch, length, width]
   * @return [batch, length, width]
   */
  public SDVariable mix(Scope scope, int block, SDVariable x) {
    int order = config.operator().order();
    List<Filter> filters = filters(scope.child("filter"));
    SDVariable v = projected(scope.child("value"), WeightRole.Kind.VALUE, block, x);
    for (int i = order - 1; i > 0; i--) {
      Scope gate = scope.child(i == 1 ? "key" : "key" + i);
      SDVariable gated = v.mul(projected(gate, WeightRole.Kind.KEY, block, x));
      Filter filter = filters.get(order - 1 - i);
      v = scope.ops().longConvolution(gate.name("mixed"), gated, filter.taps, filter.skip);
    }
    SDVariable y = v.mul(projected(scope.child("query"), WeightRole.Kind.QUERY, block, x));
    WeightRole out = layers.role(WeightRole.Kind.ATTENTION_OUT, block);
    return method.linear(scope.child("out"), out, y, config.width(), config.width());
  }

  /** A linear map and a short causal convolution of every channel behind it. */
  private SDVariable projected(Scope scope, WeightRole.Kind kind, int block, SDVariable x) {
    int width = config.width();
    SDVariable y = method.linear(scope, layers.role(kind, block), x, width, width);
    ConvolutionTerms terms =
        ConvolutionTerms.sequence(config.operator().shortKernel()).causal().groups(width);
    WeightRole depthwise = layers.role(WeightRole.Kind.DEPTHWISE, block);
    return method.convolution(scope.child("short"), depthwise, y, terms, width, width);
  }

  /**
   * What a long convolution needs besides its input.
   *
   * @param taps h, [length, width]
   * @param skip d, [width]
   */
  private record Filter(SDVariable taps, SDVariable skip) {}

  /** A filter for each long convolution, in the order in which they follow each other. */
  private List<Filter> filters(Scope scope) {
    scope.undecayed();
    HyenaOperator operator = config.operator();
    int width = config.width();
    int count = operator.order() - 1;
    int inner = operator.filterWidth();
    HyenaFilterTerms terms =
        new HyenaFilterTerms(
            config.length(),
            operator.longest(),
            operator.features(),
            width * count,
            operator.shift());
    SDVariable frequency = scope.parameter("frequency", Initializer.constant(FREQUENCY), inner);
    List<SDVariable> weights = new ArrayList<>();
    List<SDVariable> biases = new ArrayList<>();
    Initializer normal = Initializer.normal(Ends.DEVIATION);
    for (int map = 1; map <= operator.filterMaps(); map++) {
      Scope place = scope.child("fc" + map);
      boolean last = map == operator.filterMaps();
      int in = map == 1 ? operator.features() : inner;
      weights.add(place.parameter("weight", normal, in, last ? width * count : inner));
      if (!last) {
        biases.add(place.parameter("bias", Initializer.constant(0), inner));
      }
    }
    SDVariable taps =
        scope.ops().hyenaFilter(scope.name("taps"), terms, frequency, weights, biases);
    SDVariable skip = scope.parameter("skip", Initializer.normal(1), (long) width * count);
    if (count == 1) {
      return List.of(new Filter(taps, skip));
    }
    // the channels of one place in the stream lie side by side
    SameDiff sd = scope.graph();
    SDVariable[] parts = sd.unstack(taps.reshape(config.length(), width, count), 2, count);
    SDVariable[] skips = sd.unstack(skip.reshape(width, count), 1, count);
    List<Filter> filters = new ArrayList<>();
    Arrays.asList(parts).forEach(h -> filters.add(new Filter(h, skips[filters.size()])));
    return filters;
  }
}
