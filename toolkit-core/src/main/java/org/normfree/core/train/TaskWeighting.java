package org.normfree.core.train;

import org.normfree.core.optim.weighting.Weighting;

/**
 * How a step is made of the gradients of several losses ({@link
 * org.normfree.core.nn.Objective#tasks}): by a rule, from one forward pass and a backward pass a
 * loss. The rule sees the losses and the inner products of their gradients over the parameters that
 * more than one of them depends on; these move by the weighted sum.
 *
 * @param rule the rule, as a function of what the losses were at the first step
 * @param whole whether parameters that belong to one loss alone move by their gradient times the
 *     loss' weight, whichever rule it is; otherwise the rule says ({@link
 *     Weighting#ofWholeLosses()})
 */
public record TaskWeighting(FromFirst rule, boolean whole) {
  /** Makes a rule of what the losses were at the first step. */
  @FunctionalInterface
  public interface FromFirst {
    /**
     * @param losses value of each loss at the first step, before it; kept in checkpoints
     */
    Weighting of(double... losses);
  }

  /** By a rule that needs to know nothing of the first step. */
  public static TaskWeighting by(Weighting rule) {
    return byFirst(losses -> rule);
  }

  /** By a rule that is made of what the losses were at the first step. */
  public static TaskWeighting byFirst(FromFirst rule) {
    return new TaskWeighting(rule, false);
  }

  /** The same with all parameters moved by weighted gradients. */
  public TaskWeighting ofWholeLosses() {
    return new TaskWeighting(rule, true);
  }
}
