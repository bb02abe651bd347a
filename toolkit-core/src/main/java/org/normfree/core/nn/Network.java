package org.normfree.core.nn;

import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A built graph and what a training loop must know about it. The graph is an ordinary {@link
 * SameDiff}: trainable variables hold their initial values, {@link #LOSS} is marked as its loss.
 *
 * @param graph the graph; placeholders {@link #INPUT} and {@link #LABELS}, outputs {@link #LOGITS}
 *     and {@link #LOSS}, and the placeholders of {@code noises}
 * @param parameters the trainable variables, in the order they were declared
 * @param states what is not trained but moves
 * @param noises random inputs of the training graph (drop path, dropout)
 * @param norms where normalization layers stand, shallow to deep, for probes
 */
public record Network(
    SameDiff graph,
    List<Parameter> parameters,
    List<State> states,
    List<Noise> noises,
    List<NormPoint> norms) {
  /** Placeholder of the model's input. */
  public static final String INPUT = "input";

  /** Placeholder of the target distribution, [batch, classes], rows summing to one. */
  public static final String LABELS = "labels";

  /** Output of the model before the softmax, [batch, classes]. */
  public static final String LOGITS = "logits";

  /** Mean cross-entropy between labels and softmax of the logits, a scalar. */
  public static final String LOSS = "loss";

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
   * @param shape the placeholder's shape, with -1 for the batch size
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
   * @param name a parameter or state
   * @return the array the graph computes with; changing it in place changes the graph's value
   */
  public INDArray array(String name) {
    return graph.getArrForVarName(name);
  }
}
