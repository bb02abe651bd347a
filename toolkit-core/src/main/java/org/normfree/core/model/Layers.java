package org.normfree.core.model;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Scope;

/**
 * The branches that the layers of one stack are made of: attention and feed-forward networks, out
 * of a method's linear maps, joined to the residual stream the method's way.
 *
 * @param method what keeps the stack trainable
 * @param stack which stack it is
 * @param width channels of the residual stream
 * @param heads attention heads
 * @param hidden channels inside the feed-forward network
 * @param feedForward what it computes
 * @param bias whether linear maps have biases
 * @param affine what stands behind normalizations
 * @param epsilon what normalizations add to a variance
 * @param starts what the architecture's authors draw a weight from, by its kind; empty for the
 *     usual
 */
public record Layers(
    Method method,
    Stack stack,
    long width,
    int heads,
    long hidden,
    FeedForward feedForward,
    boolean bias,
    NormSite.Affine affine,
    double epsilon,
    Function<WeightRole.Kind, Optional<Start>> starts) {

  /** Layers whose norms have biases if linear maps have, and whose weights start as usual. */
  public Layers(
      Method method,
      Stack stack,
      long width,
      int heads,
      long hidden,
      FeedForward feedForward,
      boolean bias) {
    this(
        method,
        stack,
        width,
        heads,
        hidden,
        feedForward,
        bias,
        bias ? NormSite.Affine.GAIN_AND_BIAS : NormSite.Affine.GAIN,
        NormSite.EPSILON,
        kind -> Optional.empty());
  }

  /** The same with weights that the architecture's authors draw in their own way. */
  public Layers from(Function<WeightRole.Kind, Optional<Start>> own) {
    return new Layers(method, stack, width, heads, hidden, feedForward, bias, affine, epsilon, own);
  }

  /** The same with another ε of the normalizations. */
  public Layers epsilon(double other) {
    return new Layers(
        method, stack, width, heads, hidden, feedForward, bias, affine, other, starts);
  }

  /** How queries meet keys and values, each [batch, tokens, width]. */
  @FunctionalInterface
  public interface Mixing {
    SDVariable mix(Scope scope, SDVariable query, SDVariable key, SDVariable value);
  }

  /**
   * Keys and values that come from elsewhere.
   *
   * @param key [batch, keys, width]
   * @param value [batch, keys, width]
   */
  public record Memory(SDVariable key, SDVariable value) {}

  /** A residual branch in which every token looks at the others. */
  public SDVariable selfAttention(
      Scope scope, int block, SDVariable x, Mixing mixing, UnaryOperator<SDVariable> drop) {
    return join(
        scope,
        Branch.Kind.ATTENTION,
        block,
        x,
        in -> drop.apply(attended(scope, block, in, mixing)));
  }

  /** Joins a branch to the stream. */
  public SDVariable join(
      Scope scope, Branch.Kind kind, int block, SDVariable x, UnaryOperator<SDVariable> f) {
    return method.residual(scope, branch(kind, block), x, f);
  }

  /** What a branch of self attention computes, without what joins it to the stream. */
  public SDVariable attended(Scope scope, int block, SDVariable x, Mixing mixing) {
    SDVariable query = project(scope.child("query"), WeightRole.Kind.QUERY, block, x);
    SDVariable key = project(scope.child("key"), WeightRole.Kind.KEY, block, x);
    SDVariable value = project(scope.child("value"), WeightRole.Kind.VALUE, block, x);
    return out(scope, block, mixing.mix(scope, query, key, value));
  }

  /** A residual branch in which every token looks at another stack's output. */
  public SDVariable crossAttention(
      Scope scope,
      int block,
      SDVariable x,
      Memory memory,
      Mixing mixing,
      UnaryOperator<SDVariable> drop) {
    return method.residual(
        scope,
        branch(Branch.Kind.CROSS_ATTENTION, block),
        x,
        in -> {
          SDVariable query = project(scope.child("query"), WeightRole.Kind.QUERY, block, in);
          SDVariable mixed = mixing.mix(scope, query, memory.key, memory.value);
          return drop.apply(out(scope, block, mixed));
        });
  }

  /** The keys and values that a cross attention makes of another stack's output. */
  public Memory memory(Scope scope, int block, SDVariable x) {
    return new Memory(
        project(scope.child("key"), WeightRole.Kind.KEY, block, x),
        project(scope.child("value"), WeightRole.Kind.VALUE, block, x));
  }

  /** A residual branch with a feed-forward network on every token alone. */
  public SDVariable feedForward(
      Scope scope, int block, SDVariable x, UnaryOperator<SDVariable> drop) {
    return join(scope, Branch.Kind.FFN, block, x, in -> drop.apply(fed(scope, block, in)));
  }

  /** What a feed-forward branch computes, without what joins it to the stream. */
  public SDVariable fed(Scope scope, int block, SDVariable x) {
    WeightRole first = role(WeightRole.Kind.FFN_IN, block);
    SDVariable hiddens = method.linear(scope.child("fc1"), first, x, width, hidden);
    SDVariable activated = activate(scope, first, x, hiddens);
    WeightRole last = role(WeightRole.Kind.FFN_OUT, block);
    return method.linear(scope.child("fc2"), last, activated, hidden, width);
  }

  private SDVariable activate(Scope scope, WeightRole role, SDVariable in, SDVariable x) {
    return switch (feedForward) {
      case RELU -> scope.graph().nn().relu(scope.name("relu"), x, 0);
      case GELU -> scope.ops().gelu(scope.name("gelu"), x);
      case TANH_GELU -> scope.ops().tanhGelu(scope.name("gelu"), x);
      case SWIGLU ->
          scope
              .ops()
              .silu(scope.name("silu"), x)
              .mul(method.linear(scope.child("gate"), role, in, width, hidden));
    };
  }

  /**
   * A layer of an encoder: self attention over all tokens, then a feed-forward network.
   *
   * @param scope the layer's place
   * @param block its index in the stack
   * @param x [batch, tokens, width]
   * @param dropPath drop-path rate of the stack's last layer; it rises linearly from 0 in the first
   * @return [batch, tokens, width]
   */
  public SDVariable encoderBlock(Scope scope, int block, SDVariable x, double dropPath) {
    int last = stack.layers() - 1;
    double rate = last == 0 ? dropPath : dropPath * block / last;
    Scope attention = scope.child("attention");
    SDVariable y =
        selfAttention(
            attention,
            block,
            x,
            over(Optional.empty(), false),
            out -> attention.dropPath(out, rate));
    Scope ffn = scope.child("ffn");
    return feedForward(ffn, block, y, out -> ffn.dropPath(out, rate));
  }

  /** What stands behind the last layer. */
  public SDVariable last(Scope scope, SDVariable x) {
    return method.normalize(scope, new NormSite(NormSite.Kind.FINAL, width, affine, epsilon), x);
  }

  /** Attention over the keys that are not masked, and up to the query's own place if causal. */
  public Mixing over(Optional<SDVariable> mask, boolean causal) {
    return (scope, query, key, value) -> {
      scope.attentionPoint(query, key, heads, causal, mask);
      return scope
          .ops()
          .attention(
              scope.name("mixed"), query, key, value, heads, causal, mask.orElse(null), null);
    };
  }

  /** What a weight of this stack is for. */
  public WeightRole role(WeightRole.Kind kind, int block) {
    return new WeightRole(kind, stack, block, bias, starts.apply(kind));
  }

  private SDVariable out(Scope scope, int block, SDVariable mixed) {
    return project(scope.child("out"), WeightRole.Kind.ATTENTION_OUT, block, mixed);
  }

  private SDVariable project(Scope scope, WeightRole.Kind kind, int block, SDVariable x) {
    return method.linear(scope, role(kind, block), x, width, width);
  }

  private Branch branch(Branch.Kind kind, int block) {
    return new Branch(kind, block, width, stack, affine, epsilon);
  }
}
