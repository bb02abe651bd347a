package org.normfree.core.optim;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays that move without a gradient, step by step, after those of a network: an average of the
 * weights, a teacher.
 */
public interface Follower {
  /** When in a training step it moves. A step that cannot be taken moves nothing. */
  enum Place {
    /** When the gradients are known, before the optimizer changes the parameters. */
    BEFORE_STEP,
    /** When the optimizer has changed the parameters and the states have moved on. */
    AFTER_STEP
  }

  /** What its arrays are called in checkpoints. */
  String name();

  /** When it moves. */
  Place place();

  /**
   * Moves once.
   *
   * @param step training steps done before this one
   */
  void follow(long step);

  /**
   * Runs an evaluation with whatever this follower puts in place for it; afterwards everything is,
   * bit for bit, what it was.
   *
   * @param evaluation what to run; it must not change arrays
   */
  default void evaluating(Runnable evaluation) {
    evaluation.run();
  }

  /**
   * @return copies of the arrays that belong to it and to no network, by name
   */
  Map<String, INDArray> state();

  /**
   * @param state what {@link #state} gave, of a follower of the same arrays
   * @throws org.normfree.core.InputException if an array is missing, superfluous or of another
   *     shape
   */
  void restore(Map<String, INDArray> state);
}
