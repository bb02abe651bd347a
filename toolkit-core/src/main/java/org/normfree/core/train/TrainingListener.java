package org.normfree.core.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Follows a training run. The methods are called on the training thread, between steps, so a
 * listener may read parameters, evaluate and save; it must not change parameters.
 *
 * <p>The order within a step is {@link #onGradients}, {@link #onStep}, {@link #onEpochEnd} where an
 * epoch ends, {@link #onStepDone}; each goes to all listeners, in the order they were given, before
 * the next.
 */
public interface TrainingListener {
  /**
   * One optimizer step.
   *
   * @param step its number, from 1: optimizer steps done
   * @param epoch epochs completed, counting one that this step completes
   * @param loss what is minimized, on the step's batch, before the step
   * @param values the objective's metrics by name, on the step's batch, before the step
   * @param learningRate the step's learning rate
   * @param gradientNorm global norm of the gradients before clipping
   */
  record Step(
      long step,
      int epoch,
      double loss,
      Map<String, Double> values,
      double learningRate,
      double gradientNorm) {}

  /**
   * The end of an epoch.
   *
   * @param step optimizer steps done
   * @param epoch epochs completed
   * @param values the objective's metrics by name, weighted means over the epoch's batches, each at
   *     its own step
   */
  record Epoch(long step, int epoch, Map<String, Double> values) {}

  /**
   * A step that could not be taken because loss or gradient were infinite or NaN.
   *
   * @param step the step's number, from 1; the parameters are those after {@code step − 1} steps
   * @param loss its loss
   * @param gradientNorm global norm of its gradients
   * @param learningRate its learning rate
   */
  record Divergence(long step, double loss, double gradientNorm, double learningRate) {}

  /**
   * Before the first step; after a resume, before the first step that is still to do.
   *
   * @param trainer the run
   */
  default void onStart(Trainer trainer) {}

  /**
   * Before {@link Trainer#restore} replaces the parameters: they still are those of the start.
   *
   * @param trainer the run
   */
  default void onRestore(Trainer trainer) {}

  /**
   * After a backward pass whose loss is finite, before clipping and the step.
   *
   * @param trainer the run; its progress counts the steps before this one
   * @param gradients gradients by their parameters' names; valid during the call only
   */
  default void onGradients(Trainer trainer, Map<String, INDArray> gradients) {}

  /**
   * After a step.
   *
   * @param trainer the run
   * @param step what it gave
   */
  default void onStep(Trainer trainer, Step step) {}

  /**
   * After the last step of an epoch.
   *
   * @param trainer the run
   * @param epoch what it gave
   */
  default void onEpochEnd(Trainer trainer, Epoch epoch) {}

  /**
   * After {@link Trainer#evaluate}.
   *
   * @param trainer the run
   * @param evaluation what it gave
   */
  default void onEvaluation(Trainer trainer, Evaluation evaluation) {}

  /**
   * After all else of a step, its end of epoch and its evaluations included: the time to save.
   *
   * @param trainer the run
   */
  default void onStepDone(Trainer trainer) {}

  /**
   * When the run diverged, before {@link #onEnd}.
   *
   * @param trainer the run
   * @param divergence where
   */
  default void onDivergence(Trainer trainer, Divergence divergence) {}

  /**
   * After the last step, or the divergence.
   *
   * @param trainer the run
   * @param outcome how it ended
   */
  default void onEnd(Trainer trainer, Outcome outcome) {}
}
