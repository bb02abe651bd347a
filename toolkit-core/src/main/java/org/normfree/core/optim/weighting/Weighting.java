package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/**
 * How the gradients of k losses with respect to the parameters they share become one direction:
 * {@code u = Σ a_i g_i}, against which the parameters move. All that is known of the gradients are
 * their inner products, so whatever a rule solves is of k numbers, in double precision, however
 * many parameters there are.
 */
public interface Weighting {
  /** The rule's name in settings and tables. */
  String name();

  /**
   * The weights a.
   *
   * @param losses value of each loss, k numbers
   * @param gram inner products {@code <g_i, g_j>} of the gradients, [k, k]
   * @param rng for rules that draw; a function of the step, so that a resumed run draws the same
   * @return k weights
   * @throws org.normfree.core.InputException if the rule is not defined for these losses
   */
  double[] weights(double[] losses, double[][] gram, Rng rng);

  /**
   * Whether the parameters that belong to one loss alone move by {@code a_i} times its gradient.
   * Otherwise the rule is about the shared ones only, and the others move by their own gradient, as
   * the rules' own codes do.
   */
  default boolean ofWholeLosses() {
    return false;
  }
}
