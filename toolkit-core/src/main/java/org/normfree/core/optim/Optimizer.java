package org.normfree.core.optim;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Changes parameters in place, step by step, from the gradients of a loss. */
public interface Optimizer {
  /**
   * One step.
   *
   * @param learningRate the step's rate, before the scale of each parameter group
   * @param gradients gradient of each parameter by its name; a parameter without one stays as it
   *     is; an optimizer may use their memory for what it makes of them
   * @throws IllegalArgumentException if a gradient's shape or type is not its parameter's
   */
  void step(double learningRate, Map<String, INDArray> gradients);

  /**
   * @return copies of all that moves from step to step besides the parameters, under names that
   *     sort the same every time
   */
  Map<String, INDArray> state();

  /**
   * @param state what {@link #state} gave, of an optimizer over the same parameters
   * @throws org.normfree.core.InputException if an array is missing, superfluous or of another
   *     shape
   */
  void restore(Map<String, INDArray> state);
}
