package org.normfree.core.nn;

import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A built graph and what a training loop must know about it. The graph is an ordinary {@link
 * SameDiff}: trainable variables hold their initial values, {@link #LOSS} is marked as its loss.
 *
 * @param graph the graph; placeholders are {@link #INPUT}, others of the names below and those of
 *     {@code noises}; outputs are {@link #LOGITS} and {@link #LOSS}
 * @param parameters the trainable variables, in the order they were declared
 * @param states what is not trained but moves
 * @param noises random inputs of the training graph (drop path, dropout)
 * @param norms where normalization layers stand, shallow to deep, for probes
 * @param attentions where attention is computed, shallow to deep, for probes
 */
public record Network(
    SameDiff graph,
    List<Parameter> parameters,
    List<State> states,
    List<Noise> noises,
    List<NormPoint> norms,
    List<AttentionPoint> attentions) {
  /**
   * Placeholder of the model's input: images [batch, height, width, channels], or token ids INT
   * [batch, length].
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
   * Placeholder of a text model: the token wanted at each place, INT [batch, length]; {@link
   * #IGNORED} where none is.
   */
  public static final String TARGETS = "targets";

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

  /** In a {@link Noise}'s shape: the batch's size. */
  public static final long BATCH = -1;

  /** In a {@link Noise}'s shape: tokens of the input. */
  public static final long LENGTH = -2;

  /** In a {@link Noise}'s shape: tokens the decoder reads. */
  public static final long DECODER_LENGTH = -3;

  /**
   * A trainable variable of the graph.
   *
   * @param name the variable's name
   * @param rank its rank; recipes exempt rank 0 and 1 (gains, biases, α) from weight decay
   */
  public record Parameter(String name, int rank) {}

  /**
   * A constant of the graph that the training loop replaces after each step, for example the
   * singular-vector estimate u of σReparam.
   *
   * @param name the constant's name
   * @param next name of the variable that computes its next value; null if only the loop knows it
   */
  public record State(String name, String next) {}

  /**
   * A random input: a placeholder that is 1 everywhere in evaluation and, in training, independent
   * zeros with probability {@code rate} and {@code 1/(1-rate)} otherwise.
   *
   * @param name the placeholder's name
   * @param rate probability of a zero, in [0, 1)
   * @param shape the placeholder's shape; {@link #BATCH}, {@link #LENGTH} and {@link
   *     #DECODER_LENGTH} stand for what a batch brings
   */
  public record Noise(String name, double rate, long... shape) {}

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

  /** What an evaluation reports as its loss: without label smoothing. */
  public String evaluationLoss() {
    return graph.hasVariable(CROSS_ENTROPY) ? CROSS_ENTROPY : LOSS;
  }

  /**
   * @param name a parameter or state
   * @return the array the graph computes with; changing it in place changes the graph's value
   */
  public INDArray array(String name) {
    return graph.getArrForVarName(name);
  }
}
