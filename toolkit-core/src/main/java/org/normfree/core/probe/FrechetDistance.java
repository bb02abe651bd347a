package org.normfree.core.probe;

import java.util.Locale;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * How far two sets of vectors are apart, each taken for a Gaussian: {@code ‖μ₁ − μ₂‖² + tr S₁ + tr
 * S₂ − 2·tr (S₁^½·S₂·S₁^½)^½}, covariances with n − 1, in double, eigenvalues clipped at 0. Source:
 * arXiv 1706.08500, where the vectors are features of a certain network: only then it is called
 * FID. Two sets of n from one Gaussian in d dimensions are about {@code 0.6·d²/n} apart and not 0,
 * so distances compare at the same n only.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * @param a [n, d], n at least 2
   * @param b [m, d], m at least 2
   * @return the distance
   * @throws InputException if there are too few vectors, or the lengths differ
   */
  public static double between(INDArray a, INDArray b) {
    if (a.rank() != 2 || b.rank() != 2 || a.size(1) != b.size(1) || a.rows() < 2 || b.rows() < 2) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "a Fréchet distance between %s and %s; expected two sets of at least 2 vectors of one length",
              a.shapeInfoToString(),
              b.shapeInfoToString()));
    }
    Gaussian first = Gaussian.of(a);
    Gaussian second = Gaussian.of(b);
    INDArray apart = first.mean.sub(second.mean);
    double means = apart.mul(apart).sumNumber().doubleValue();
    INDArray root = squareRoot(first.covariance);
    INDArray product = root.mmul(second.covariance).mmul(root);
    double shared = 0;
    for (double value : eigenvalues(product.dup('f'))) {
      shared += Math.sqrt(Math.max(0, value));
    }
    return means + trace(first.covariance) + trace(second.covariance) - 2 * shared;
  }

  /** Mean [1, d] and covariance [d, d]. */
  private record Gaussian(INDArray mean, INDArray covariance) {
    static Gaussian of(INDArray rows) {
      INDArray x = rows.castTo(DataType.DOUBLE);
      INDArray mean = x.mean(true, 0);
      INDArray centred = x.subRowVector(mean);
      INDArray products = Nd4j.matmul(centred, centred, true, false, false);
      return new Gaussian(mean, products.div(x.rows() - 1.0));
    }
  }

  private static double trace(INDArray matrix) {
    return IntStream.range(0, matrix.rows()).mapToDouble(i -> matrix.getDouble(i, i)).sum();
  }

  /** S^½ of a symmetric matrix. */
  private static INDArray squareRoot(INDArray symmetric) {
    INDArray vectors = symmetric.dup('f');
    double[] values = eigenvalues(vectors);
    INDArray roots = Nd4j.createFromArray(values);
    for (int i = 0; i < values.length; i++) {
      roots.putScalar(i, Math.sqrt(Math.max(0, values[i])));
    }
    return Nd4j.matmul(vectors.mulRowVector(roots), vectors, false, true, false);
  }

  /** Ascending; the matrix, column by column, is replaced by the eigenvectors. */
  private static double[] eigenvalues(INDArray symmetric) {
    INDArray values = Nd4j.create(DataType.DOUBLE, symmetric.rows());
    Nd4j.getBlasWrapper().lapack().syev('V', 'U', symmetric, values);
    return values.toDoubleVector();
  }
}
