package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Learned positions of a grid of patches, resized bicubically for images of another size. Along
 * each axis place i of n takes from the g known ones at {@code u = (i + ½)·g/(n + 0.1) − ½}, by the
 * cubic convolution kernel with a = −¾ over the four places around it, those beyond an edge being
 * the edge. It is linear in the positions, so it enters the graph as a product with a constant
 * matrix. Source: facebookresearch/dino, {@code interpolate_pos_encoding}; the 0.1 is there against
 * rounding and changes the scale.
 */
public final class PositionResize {
  private static final double A = -0.75;
  private static final double EXTRA = 0.1;

  private PositionResize() {}

  /**
   * The positions for another grid; the same variable where the grid is the known one.
   *
   * @param scope where the matrix is declared, under {@code resize}
   * @param positions [1, extra + from.count(), dim], the positions of further tokens first
   * @param from the grid that they belong to
   * @param to the grid that is wanted
   * @return [1, extra + to.count(), dim], the positions of further tokens as they are
   */
  public static SDVariable resize(Scope scope, SDVariable positions, Patches from, Patches to) {
    if (from.rows() == to.rows() && from.columns() == to.columns()) {
      return positions;
    }
    long[] shape = positions.getShape();
    int extra = Math.toIntExact(shape[1]) - from.count();
    int tokens = extra + to.count();
    SDVariable matrix =
        scope.constant("resize", (s, rng) -> matrix(from, to, extra), tokens, shape[1]);
    return matrix.mmul(positions.reshape(shape[1], shape[2])).reshape(1, tokens, shape[2]);
  }

  /** [extra + to.count(), extra + from.count()], row-major. */
  private static double[] matrix(Patches from, Patches to, int extra) {
    double[][] down = weights(from.rows(), to.rows());
    double[][] across = weights(from.columns(), to.columns());
    int width = extra + from.count();
    double[] matrix = new double[(extra + to.count()) * width];
    for (int i = 0; i < extra; i++) {
      matrix[i * width + i] = 1;
    }
    for (int place = 0; place < to.count(); place++) {
      double[] rows = down[place / to.columns()];
      double[] columns = across[place % to.columns()];
      for (int known = 0; known < from.count(); known++) {
        matrix[(extra + place) * width + extra + known] =
            rows[known / from.columns()] * columns[known % from.columns()];
      }
    }
    return matrix;
  }

  /**
   * The weights along one axis.
   *
   * @param from places that are known
   * @param to places that are wanted
   * @return [to][from], rows that sum to 1
   */
  static double[][] weights(int from, int to) {
    double[][] weights = new double[to][from];
    for (int i = 0; i < to; i++) {
      double source = (i + 0.5) * from / (to + EXTRA) - 0.5;
      int left = (int) Math.floor(source);
      for (int k = left - 1; k <= left + 2; k++) {
        weights[i][Math.max(0, Math.min(from - 1, k))] += kernel(Math.abs(source - k));
      }
    }
    return weights;
  }

  private static double kernel(double distance) {
    double x = distance;
    return x <= 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  }
}
