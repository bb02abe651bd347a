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
}
