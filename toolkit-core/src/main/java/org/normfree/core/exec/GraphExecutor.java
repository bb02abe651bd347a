package org.normfree.core.exec;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs one SameDiff graph. Executors differ in speed only: each gives the numbers of the graph it
 * was made for, and reads the graph's variables anew at every call, so a training loop may change
 * them in place between calls.
 */
public interface GraphExecutor extends AutoCloseable {
  /**
   * Evaluates outputs.
   *
   * @param placeholders a value for every placeholder the outputs depend on
   * @param outputs names of the wanted variables
   * @return the value of each: arrays apart from each other, from variables and constants, which
   *     the caller may change; their content holds until the next call on this executor, their
   *     memory as long as somebody holds them
   */
  Map<String, INDArray> output(Map<String, INDArray> placeholders, List<String> outputs);

  /**
   * One forward and backward pass of the graph's loss.
   *
   * @param placeholders a value for every placeholder of the graph
   * @param outputs names of forward variables wanted beside the gradients
   * @return outputs and the gradient of every trainable variable that the loss depends on; arrays
   *     as {@link #output} gives them
   * @throws IllegalArgumentException if the loss is not one number
   */
  Pass gradients(Map<String, INDArray> placeholders, List<String> outputs);

  /**
   * One forward pass of the graph, and a backward pass of each of several losses over what it
   * computed. Random inputs are the same for all, since they are placeholders.
   *
   * @param placeholders a value for every placeholder that the losses and outputs depend on
   * @param outputs names of forward variables wanted beside the gradients
   * @param losses names of the losses; whether they are marked does not matter
   * @return outputs and, for each loss, the gradient of every trainable variable that it depends
   *     on; arrays as {@link #output} gives them
   * @throws IllegalArgumentException if there is no such loss, or one is not one number
   */
  Passes gradientsOfEach(
      Map<String, INDArray> placeholders, List<String> outputs, List<String> losses);

  @Override
  void close();

  /**
   * What a forward and backward pass yields.
   *
   * @param outputs value of each wanted forward variable
   * @param gradients gradient of the loss for each trainable variable, by the variable's name
   */
  record Pass(Map<String, INDArray> outputs, Map<String, INDArray> gradients) {}

  /**
   * What a forward pass and several backward passes yield.
   *
   * @param outputs value of each wanted forward variable
   * @param gradients of each loss, by the variable's name
   */
  record Passes(Map<String, INDArray> outputs, List<Map<String, INDArray>> gradients) {
    /** That of a single loss. */
    Pass only() {
      return new Pass(outputs, gradients.get(0));
    }
  }
}
