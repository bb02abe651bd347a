package org.normfree.core.model.image;

/**
 * Sine and cosine positions on the grid of patches: the first half of the channels for the row, the
 * second for the column, frequencies {@code 10000^(−i/q)} for i below q, a quarter of the channels.
 * Source: arXiv 2205.01580 (posemb sincos2d); a small network finds out where a patch lies far
 * sooner than from small random positions.
 */
final class PositionGrid {
  private PositionGrid() {}

  /**
   * @param config the model's shape
   * @return [tokens, dim] row-major; a class token's row and the channels behind four quarters are
   *     0
   */
  static double[] sinCos(ViTConfig config) {
    int dim = config.dim();
    int quarter = dim / 4;
    int columns = config.width() / config.patch();
    int first = config.tokens() - config.patches();
    double[] values = new double[config.tokens() * dim];
    for (int patch = 0; patch < config.patches(); patch++) {
      int at = (first + patch) * dim;
      for (int i = 0; i < quarter; i++) {
        double frequency = StrictMath.pow(10000, -(double) i / quarter);
        int downwards = patch / columns;
        double row = downwards * frequency;
        double column = (patch % columns) * frequency;
        values[at + i] = StrictMath.sin(row);
        values[at + quarter + i] = StrictMath.cos(row);
        values[at + 2 * quarter + i] = StrictMath.sin(column);
        values[at + 3 * quarter + i] = StrictMath.cos(column);
      }
    }
    return values;
  }

  /**
   * Fixed positions, the column first: {@code [s(column), s(row)]} with {@code s(u) = [sin(u·ω₀),
   * …, cos(u·ω₀), …]} and {@code ω_k = 10000^(−k/(dim/4))}. Source: facebookresearch/mae,
   * pos_embed.py, which DiT uses as well.
   *
   * @param rows patches down
   * @param columns patches across
   * @param dim a multiple of 4
   * @return [rows·columns, dim] row-major
   */
  static double[] columnFirst(int rows, int columns, int dim) {
    int quarter = dim / 4;
    double[] values = new double[rows * columns * dim];
    for (int patch = 0; patch < rows * columns; patch++) {
      int at = patch * dim;
      for (int k = 0; k < quarter; k++) {
        double frequency = StrictMath.pow(10000, -(double) k / quarter);
        double column = (patch % columns) * frequency;
        int downwards = patch / columns;
        double row = downwards * frequency;
        values[at + k] = StrictMath.sin(column);
        values[at + quarter + k] = StrictMath.cos(column);
        values[at + 2 * quarter + k] = StrictMath.sin(row);
        values[at + 3 * quarter + k] = StrictMath.cos(row);
      }
    }
    return values;
  }
}
