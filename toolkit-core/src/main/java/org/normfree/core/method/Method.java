package org.normfree.core.method;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * A way to keep a deep network trainable. A model asks these questions while it builds its graph; a
 * method never knows which model asks. Methods are immutable; what is trained is declared through
 * the scope.
 */
public interface Method {
  /** The name it is registered under in {@link Methods}. */
  String name();

  /**
   * What of its options a method reads; setting others would change nothing, so a user who does is
   * told.
   */
  default Set<MethodOptions.Choice> reads() {
    return Set.of();
  }

  /**
   * Refuses an architecture that this method cannot serve, before anything of it is built; by
   * default none.
   *
   * @param stack a stack of its layers
   * @throws InputException if this method has no answer for it
   */
  default void requireServes(Stack stack) {}

  /**
   * What stands where an architecture has a normalization layer.
   *
   * @param scope the layer's place
   * @param site what the layer belongs to
   * @param x [..., width]
   * @return [..., width]; x itself where the method has no layer
   */
  SDVariable normalize(Scope scope, NormSite site, SDVariable x);

  /**
   * How a residual branch is joined: placement of the normalization, scale of either path, gates.
   *
   * @param scope the branch's place, a child of its block's
   * @param branch what the branch is
   * @param x the residual stream, [batch, tokens, width]; for convolutions [batch, height, width,
   *     channels]
   * @param f the branch, including its drop path
   * @return the residual stream behind the branch
   */
  SDVariable residual(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f);

  /**
   * The same where the shortcut is not the stream itself, because the branch changes its shape.
   *
   * @param scope the branch's place, a child of its block's
   * @param branch what the branch is
   * @param x the residual stream before the branch
   * @param shortcut what the branch is added to, of the branch's shape; x itself where that fits
   * @param f the branch, including its drop path
   * @return the residual stream behind the branch
   * @throws InputException by default, unless the shortcut is x
   */
  default SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    if (shortcut.name().equals(x.name())) {
      return residual(scope, branch, x, f);
    }
    throw new InputException(
        "method %s does not say how the branch %s is joined to a projected shortcut; choose a method"
                .formatted(name(), scope.path())
            + " that serves convolutional stacks, for example dyt");
  }

  /**
   * Whether residual branches begin as nothing because a factor of theirs, or their last weight, is
   * 0. A model that has such a zero of its own in a branch must not have both: the gradient of
   * either factor is a multiple of the other.
   */
  default boolean startsAtIdentity() {
    return false;
  }

  /**
   * The same with its norms behind the additions, {@code n(x + f(x))}, for an architecture whose
   * layers are made so. A method that says itself where its norms stand, or has none, is not
   * changed.
   */
  default Method postNorm() {
    return this;
  }

  /**
   * A weight for a role: its initial distribution and any reparametrization. By default what the
   * architecture draws it from; where that says nothing Xavier uniform, as in the original ViT; a
   * table of embeddings is normal with deviation {@code 1/√width}, as in fairseq; a convolution is
   * He normal by its fan-out and for a ReLU, as in torchvision, a depthwise one normal with
   * deviation {@code 1/√window}.
   *
   * @param scope the linear map's place
   * @param role what the weight is for
   * @param shape [in, out]; of a table of embeddings [vocabulary, width]; of a convolution
   *     [window..., in/groups, out]
   * @return the weight the graph computes with
   */
  default SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return role.declare(scope, initial(role, shape), shape);
  }

  /**
   * The residual stream of a language model at its start; by default the embedded tokens as they
   * are. DyT multiplies by a trained scalar.
   *
   * @param scope the embedding's place
   * @param x embedded tokens, [batch, tokens, width]
   * @param width channels of x
   * @return [batch, tokens, width]
   */
  default SDVariable embedded(Scope scope, SDVariable x, long width) {
    return x;
  }

  /**
   * A linear map for a role; by default {@code x·weight + bias}, bias 0 at the start unless the
   * architecture says otherwise, and {@code x·weight} where the role has no bias.
   *
   * @param scope the linear map's place
   * @param role what the map is for
   * @param x [..., in]
   * @param in channels of x
   * @param out channels of the result
   * @return [..., out]
   */
  default SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    SDVariable bias = bias(scope, role, out);
    return scope.ops().linear(scope.name("output"), x, weight(scope, role, in, out), bias);
  }

  /**
   * A convolution for a role; by default with a bias vector, 0 at the start unless the architecture
   * says otherwise, where the role has one. What is to stand behind or before it, a model asks
   * {@link #normalize}.
   *
   * @param scope the convolution's place
   * @param role what the convolution is for
   * @param x [batch, height, width, in] or [batch, time, in]
   * @param terms how the window moves, along two axes or one
   * @param in channels of x
   * @param out channels of the result
   * @return [batch, height', width', out] or [batch, time', out]
   */
  default SDVariable convolution(
      Scope scope, WeightRole role, SDVariable x, ConvolutionTerms terms, long in, long out) {
    SDVariable bias = bias(scope, role, out);
    return convolved(scope, x, weight(scope, role, terms.weightShape(in, out)), bias, terms);
  }

  /** The bias vector of a role; null where it has none. */
  private static SDVariable bias(Scope scope, WeightRole role, long out) {
    Initializer initial = role.start().map(Start::bias).orElse(Initializer.constant(0));
    return role.bias() ? scope.parameter("bias", initial, out) : null;
  }

  /** A convolution along as many axes as its terms have. */
  static SDVariable convolved(
      Scope scope, SDVariable x, SDVariable weight, SDVariable bias, ConvolutionTerms terms) {
    String name = scope.name("output");
    return terms.axes().size() == 1
        ? scope.ops().convolution1d(name, x, weight, bias, terms)
        : scope.ops().convolution2d(name, x, weight, bias, terms);
  }

  /** The distribution that {@link #weight} draws from unless a method says otherwise. */
  static Initializer initial(WeightRole role, long... shape) {
    return role.start().map(Start::weight).orElseGet(() -> usual(role, shape));
  }

  private static Initializer usual(WeightRole role, long... shape) {
    return switch (role.kind()) {
      case EMBEDDING -> Initializer.normal(1 / Math.sqrt((double) shape[1]));
      case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT, PATCH, CONDITION, MODULATION, HEAD ->
          Initializer.xavierUniform(1);
      case STEM, CONVOLUTION_IN, CONVOLUTION, CONVOLUTION_OUT, DOWNSAMPLE, SHORTCUT ->
          Initializer.kaimingNormal(Initializer.Fan.OUT, Math.sqrt(2));
      case DEPTHWISE -> Initializer.kaimingNormal(Initializer.Fan.IN, 1);
    };
  }
}
