package org.normfree.core.method;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * What a weight is for. Methods that scale initial weights go by it, never by names.
 *
 * @param kind the weight's job
 * @param stack the stack it belongs to
 * @param block index of its layer in the stack, from 0; 0 where it belongs to none
 * @param bias whether the architecture has a bias vector behind a linear map with this weight
 * @param start what the architecture draws it from; empty for the toolkit's usual choice, see
 *     {@link Method#initial}
 */
public record WeightRole(Kind kind, Stack stack, int block, boolean bias, Optional<Start> start) {
  /** A weight's job. */
  public enum Kind {
    /** Query projection. */
    QUERY,
    /** Key projection. */
    KEY,
    /** Value projection. */
    VALUE,
    /** Output projection of an attention branch. */
    ATTENTION_OUT,
    /** First linear map of a feed-forward branch; of a gated one, both first maps. */
    FFN_IN,
    /** Last linear map of a feed-forward branch. */
    FFN_OUT,
    /** Patch embedding. */
    PATCH,
    /** Table of token embeddings, [vocabulary, width]. */
    EMBEDDING,
    /** A linear map of what a model is told beside its input, such as the time of a diffusion. */
    CONDITION,
    /** A linear map to the gains, biases and gates of a block (adaptive layer norm). */
    MODULATION,
    /** Classifier or output projection. */
    HEAD,
    /** A convolution outside of residual branches: a stem, a feature encoder, a plain chain. */
    STEM,
    /** First convolution of a residual branch. */
    CONVOLUTION_IN,
    /** A convolution inside a residual branch. */
    CONVOLUTION,
    /** Last convolution of a residual branch. */
    CONVOLUTION_OUT,
    /** A convolution of every channel alone. */
    DEPTHWISE,
    /** A convolution between stages that makes the image smaller. */
    DOWNSAMPLE,
    /** The projection of a shortcut. */
    SHORTCUT;

    /** Whether its matrices take hidden vectors to hidden vectors. */
    boolean hidden() {
      return switch (this) {
        case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT, MODULATION -> true;
        case PATCH, EMBEDDING, CONDITION, HEAD -> false;
        case STEM, CONVOLUTION_IN, CONVOLUTION, CONVOLUTION_OUT, DEPTHWISE, DOWNSAMPLE, SHORTCUT ->
            false;
      };
    }
  }

  /** A weight that the architecture leaves the toolkit to start. */
  public WeightRole(Kind kind, Stack stack, int block, boolean bias) {
    this(kind, stack, block, bias, Optional.empty());
  }

  /** A weight of the first layer, or of none, with a bias. */
  public WeightRole(Kind kind, Stack stack) {
    this(kind, stack, 0, true);
  }

  /**
   * Declares the weight; a {@linkplain Scope#hiddenMatrix hidden matrix} where the role says so.
   *
   * @param scope the linear map's place
   * @param initial its initial values
   * @param shape its shape, see {@link Method#weight}
   * @return the parameter {@code weight} of that place
   */
  public SDVariable declare(Scope scope, Initializer initial, long... shape) {
    return kind.hidden() && shape.length == 2
        ? scope.hiddenMatrix("weight", initial, shape[0], shape[1])
        : scope.parameter("weight", initial, shape);
  }

  /** The distribution that was chosen, which goes before a method's own. */
  Optional<Initializer> chosen() {
    return start.filter(Start::chosen).map(Start::weight);
  }

  /** The same with what the architecture draws it from. */
  public WeightRole from(Start own) {
    return new WeightRole(kind, stack, block, bias, Optional.of(own));
  }
}
