package org.normfree.core.optim.weighting;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.normfree.core.nn.Rng;

/**
 * IMTL-G: weights of sum 1 whose direction has the same projection on every unit gradient, {@code
 * <u, g_i>/‖g_i‖} equal. They may be negative. Where unit gradients coincide many weights do; it
 * takes the shortest. Source: Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021.
 */
public final class ImtlG implements Weighting {
  @Override
  public String name() {
    return "imtl-g";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    Gram products = new Gram(gram);
    int tasks = products.size();
    RealMatrix system = new Array2DRowRealMatrix(tasks, tasks);
    double[] right = new double[tasks];
    for (int j = 0; j < tasks; j++) {
      for (int i = 1; i < tasks; i++) {
        system.setEntry(i, j, projection(products, 0, j) - projection(products, i, j));
      }
      system.setEntry(0, j, 1);
    }
    right[0] = 1;
    return new SingularValueDecomposition(system)
        .getSolver()
        .solve(new ArrayRealVector(right))
        .toArray();
  }

  private static double projection(Gram products, int i, int j) {
    double length = products.length(i);
    return length > 0 ? products.at(i, j) / length : 0;
  }
}
