package org.normfree.core.nn;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A built graph and what a training loop must know about it. The graph is an ordinary {@link
 * SameDiff}: trainable variables hold their initial values, the objective's loss is marked as its
 * loss. The names below are those that the project's models use for what they have; an objective
 * may name others.
 *
 * @param graph the graph; its placeholders get their values from batches, from {@code randoms} and
 *     from what else a training loop is told to feed
 * @param objective what is minimized and what is reported
 * @param parameters the trainable variables, in the order they were declared
 * @param states what is not trained but moves
 * @param randoms random inputs of the graph (drop path, dropout, noise)
 * @param norms where normalization layers stand, shallow to deep, for probes
 * @param attentions where attention is computed, shallow to deep, for probes
 * @param twin another graph over the same arrays for evaluations; empty if this one does for both
 */
public record Network(
    SameDiff graph,
    Objective objective,
    List<Parameter> parameters,
    List<State> states,
    List<RandomInput> randoms,
    List<NormPoint> norms,
    List<AttentionPoint> attentions,
    Optional<Network> twin) {
  /**
   * Placeholder of the model's input: images [batch, height, width, channels], token ids INT
   * [batch, length], or waves [batch, samples].
   */
  public static final String INPUT = "input";

  /** Placeholder of a text model: positions of the input's tokens, INT [length]. */
  public static final String POSITIONS = "positions";

  /** Placeholder of a text model: 1 for a token of the input, 0 for padding, [batch, length]. */
  public static final String INPUT_MASK = "input_mask";

  /** Placeholder of an encoder–decoder: token ids the decoder reads, INT [batch, length]. */
  public static final String DECODER_INPUT = "decoder_input";

  /** Placeholder of an encoder–decoder: positions of the decoder's tokens, INT [length]. */
  public static final String DECODER_POSITIONS = "decoder_positions";

  /** Placeholder of the target distribution, [batch, classes], rows summing to one. */
  public static final String LABELS = "labels";

  /**
   * The class wanted in each row of the logits, INT: a placeholder of text models, [batch, length],
   * {@link #IGNORED} where none is; of images what a batch brings beside {@link #LABELS}, [batch],
   * before smoothing and mixing.
   */
  public static final String TARGETS = "targets";

  /** Placeholder of a model of speech: how many frames of each wave count, INT [batch]. */
  public static final String FRAMES = "frames";

  /** Placeholder of a model of speech: how many of each row of targets count, INT [batch]. */
  public static final String LENGTHS = "lengths";

  /** A target that does not count. */
  public static final int IGNORED = -1;

  /** Output of the model before the softmax, [batch, classes] or [batch, length, vocabulary]. */
  public static final String LOGITS = "logits";

  /**
   * What is minimized, a scalar: the mean cross-entropy between targets that count and softmax of
   * the logits, smoothed if the model smooths labels.
   */
  public static final String LOSS = "loss";

  /** The same without smoothing, where the model's loss has smoothing of its own. */
  public static final String CROSS_ENTROPY = "cross_entropy";

  /**
   * A trainable variable of the graph.
   *
   * @param name the variable's name
   * @param rank its rank; recipes exempt rank 0 and 1 (gains, biases, α) from weight decay
   * @param decays whether the architecture's authors let it decay, if a recipe would
   * @param hidden whether it is a matrix from hidden vectors to hidden vectors, see {@link
   *     Scope#hiddenMatrix}
   */
  public record Parameter(String name, int rank, boolean decays, boolean hidden) {
    /** A parameter that recipes decide about, and no hidden matrix. */
    public Parameter(String name, int rank) {
      this(name, rank, true, false);
    }
  }

  /**
   * A constant of the graph that the training loop replaces after each step, for example the
   * singular-vector estimate u of σReparam.
   *
   * @param name the constant's name
   * @param next name of the variable that computes its next value; empty if something else moves it
   */
  public record State(String name, Optional<String> next) {}

  /**
   * A place where a normalization layer stands.
   *
   * @param name the layer's name, for example {@code block2.attention.norm}
   * @param input name of the variable that goes in, [batch, tokens, width]
   * @param output name of the variable that comes out
   * @param alpha name of the layer's α parameter; empty if it has none
   */
  public record NormPoint(String name, String input, String output, String alpha) {}

  /**
   * A place where attention is computed.
   *
   * @param name the branch's name, for example {@code block2.attention}
   * @param query name of the queries, [batch, tokens, width]
   * @param key name of the keys, [batch, keys, width]
   * @param heads number of heads
   * @param causal whether a query sees only the keys up to its own place
   * @param mask name of the mask of keys, [batch, keys]; empty if there is none
   */
  public record AttentionPoint(
      String name, String query, String key, int heads, boolean causal, String mask) {}

  /** What evaluations run: the twin, or this network where it has none. */
  public Network evaluation() {
    return twin.orElse(this);
  }

  /** Names of the parameters that the architecture exempts from weight decay. */
  public Set<String> undecayed() {
    return parameters.stream()
        .filter(parameter -> !parameter.decays())
        .map(Parameter::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Names of the matrices from hidden vectors to hidden vectors. */
  public Set<String> hiddenMatrices() {
    return parameters.stream()
        .filter(Parameter::hidden)
        .map(Parameter::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Names of the graph's constants that change in place: the states. */
  public Set<String> moving() {
    return states.stream().map(State::name).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * @param name a parameter or state
   * @return the array the graph computes with; changing it in place changes the graph's value
   */
  public INDArray array(String name) {
    return graph.getArrForVarName(name);
  }
}
