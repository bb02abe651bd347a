package org.normfree.core.kernel;

/**
 * The one-dimensional transforms that Winograd's F(4, 3) is made of: four results of a filter of
 * three taps from six products instead of twelve, {@code y = Aᵀ[(G·w)∘(Bᵀ·x)]} with six values of
 * x. Along both axes it is F(4×4, 3×3), 36 products instead of 144.
 *
 * <p>The points are 0, ±√½, ±√2 and ∞, whose rounding errors are several times smaller than those
 * of 0, ±1, ±2 and ∞, and which come in pairs just so. Source: Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015; the matrices follow from the points.
 */
interface WinogradLoops {
  /** A matrix that is multiplied with vectors. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to its rows
  enum Transform {
    /** Bᵀ: six values of an image. */
    IMAGE(
        new double[][] {
          {1, 0, -2.5, 0, 1, 0},
          {0, -2 * Points.A, -2, Points.A, 1, 0},
          {0, 2 * Points.A, -2, -Points.A, 1, 0},
          {0, -Points.B / 2, -0.5, Points.B, 1, 0},
          {0, Points.B / 2, -0.5, -Points.B, 1, 0},
          {0, 1, 0, -2.5, 0, 1}
        }),
    /** Aᵀ: six products to four results. */
    RESULT(
        new double[][] {
          {1, 1, 1, 1, 1, 0},
          {0, Points.A, -Points.A, Points.B, -Points.B, 0},
          {0, 0.5, 0.5, 2, 2, 0},
          {0, Points.A / 2, -Points.A / 2, 2 * Points.B, -2 * Points.B, 1}
        }),
    /** G: three taps. */
    WEIGHTS(
        new double[][] {
          {1, 0, 0},
          {-2 / 3.0, -2 / 3.0 * Points.A, -1 / 3.0},
          {-2 / 3.0, 2 / 3.0 * Points.A, -1 / 3.0},
          {1 / 6.0, Points.B / 6, 1 / 3.0},
          {1 / 6.0, -Points.B / 6, 1 / 3.0},
          {0, 0, 1}
        }),
    /** A: the gradients of four results. */
    UPSTREAM(transposed(RESULT.rows)),
    /** Gᵀ: six gradients to those of three taps. */
    WEIGHT_GRADIENT(transposed(WEIGHTS.rows));

    private final double[][] rows;

    Transform(double[][] rows) {
      this.rows = rows;
    }

    /** Length of what it is multiplied with. */
    int inputs() {
      return rows[0].length;
    }

    /** Length of the result. */
    int outputs() {
      return rows.length;
    }

    private static double[][] transposed(double[][] rows) {
      double[][] columns = new double[rows[0].length][rows.length];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < rows[i].length; j++) {
          columns[j][i] = rows[i][j];
        }
      }
      return columns;
    }
  }

  /** The points besides 0 and ∞, and those with the opposite sign. */
  final class Points {
    static final double A = Math.sqrt(0.5);
    static final double B = Math.sqrt(2);

    private Points() {}
  }

  /**
   * Vectors of rows of floats: row e of vector i begins at {@code at + i·next + e·step}.
   *
   * @param array what they lie in
   * @param at where row 0 of vector 0 begins
   * @param step floats from row to row of a vector
   * @param next floats from vector to vector
   */
  record Vectors(float[] array, int at, int step, int next) {}

  /**
   * Multiplies vectors by a matrix.
   *
   * @param transform the matrix
   * @param from vectors of {@link Transform#inputs} rows
   * @param to gets vectors of {@link Transform#outputs} rows; may lie over {@code from} where the
   *     places of the rows are the same
   * @param count how many vectors
   * @param length floats of a row, a multiple of {@link RowLoops#lanes}
   */
  default void multiply(Transform transform, Vectors from, Vectors to, int count, int length) {
    int inputs = transform.inputs();
    float[] in = new float[inputs];
    for (int i = 0; i < count; i++) {
      for (int v = 0; v < length; v++) {
        for (int e = 0; e < inputs; e++) {
          in[e] = from.array[from.at + i * from.next + e * from.step + v];
        }
        for (int e = 0; e < transform.outputs(); e++) {
          double sum = 0;
          for (int j = 0; j < inputs; j++) {
            sum += transform.rows[e][j] * in[j];
          }
          to.array[to.at + i * to.next + e * to.step + v] = (float) sum;
        }
      }
    }
  }
}
