package org.normfree.benchmarks.peer;

/** Multiplications with an addition each, in the products of a forward pass. */
final class Products {
  private Products() {}

  /** A Transformer encoder's blocks with MLP ratio 4. */
  static double encoder(double sequences, int tokens, int width, int depth) {
    double rows = sequences * tokens;
    double linears = rows * width * 12.0 * width;
    double attention = 2 * rows * tokens * width;
    return depth * (linears + attention);
  }

  /** A convolution with a square window, or for a window of 1 a linear map of every place. */
  static double convolution(double places, int window, int in, int out) {
    return places * window * window * in * out;
  }
}
