package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/**
 * Projecting conflicting gradients: each gradient, against the original others one after the other
 * in random order, loses its part along those it has a negative inner product with; the results are
 * added. Source: arXiv 2001.06782, algorithm 1, which sums, as does its code.
 */
public final class PcGrad implements Weighting {
  @Override
  public String name() {
    return "pcgrad";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    int tasks = gram.length;
    double[] weights = new double[tasks];
    for (int i = 0; i < tasks; i++) {
      double[] projected = projected(gram, i, others(i, tasks, rng));
      for (int j = 0; j < tasks; j++) {
        weights[j] += projected[j];
      }
    }
    return weights;
  }

  private static int[] others(int task, int tasks, Rng rng) {
    int[] order = new int[tasks - 1];
    if (order.length > 1) {
      rng.permute(order);
    }
    for (int i = 0; i < order.length; i++) {
      order[i] += order[i] >= task ? 1 : 0;
    }
    return order;
  }

  /**
   * What becomes of a gradient, as a combination of all.
   *
   * @param gram inner products of the gradients
   * @param task whose gradient
   * @param order the others, in the order in which they are projected out
   * @return the combination's coefficients
   */
  public static double[] projected(double[][] gram, int task, int... order) {
    double[] combination = new double[gram.length];
    combination[task] = 1;
    for (int other : order) {
      double inner = Gram.dot(gram[other], combination);
      if (inner < 0) {
        combination[other] -= inner / gram[other][other];
      }
    }
    return combination;
  }
}
