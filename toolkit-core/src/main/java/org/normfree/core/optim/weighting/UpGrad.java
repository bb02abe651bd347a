package org.normfree.core.optim.weighting;

import org.normfree.core.nn.Rng;

/**
 * UPGrad: the mean over the tasks of each gradient's projection onto the directions along which no
 * loss rises; that of {@link PrimarySecondary} with each task as the main one once. Source: arXiv
 * 2406.16232, section 3.
 */
public final class UpGrad implements Weighting {
  @Override
  public String name() {
    return "upgrad";
  }

  @Override
  public double[] weights(double[] losses, double[][] gram, Rng rng) {
    Gram products = new Gram(gram);
    double[] weights = new double[products.size()];
    for (int main = 0; main < weights.length; main++) {
      double[] projection = PrimarySecondary.projection(products, main);
      for (int i = 0; i < weights.length; i++) {
        weights[i] += projection[i] / weights.length;
      }
    }
    return weights;
  }
}
