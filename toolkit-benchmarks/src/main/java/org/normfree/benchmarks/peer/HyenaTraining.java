package org.normfree.benchmarks.peer;

/**
 * Training a HyenaDNA: order 2, short convolutions of three taps, filters by a network of width 64.
 *
 * @param method {@code pre-ln} or {@code dyt}, in the toolkit's names
 * @param batch sequences
 * @param length bases of a sequence
 * @param width channels of the residual stream
 * @param depth layers
 */
public record HyenaTraining(String method, int batch, int length, int width, int depth)
    implements Workload.Training {
  /** Rows of the embedding. */
  public static final int VOCABULARY = 16;

  /** Maps in the network that computes filters. */
  public static final int FILTER_MAPS = 4;

  /** Features of a position, as {@link #POSITIONS}. */
  public static final int FEATURES = 5;

  /** Features of positions, [length, features]. */
  public static final String POSITIONS = "filter.positions";

  /** The window that filters are multiplied with, [length, width]. */
  public static final String WINDOW = "filter.window";

  /** Taps of the short convolutions. */
  public static final int SHORT = 3;

  /** Long convolutions are not counted: their transforms are no products. */
  @Override
  public double flop() {
    double rows = (double) batch * length;
    double maps = rows * width * (4.0 * width + 8.0 * width + 3 * SHORT);
    return 6 * (depth * maps + rows * width * VOCABULARY);
  }
}
