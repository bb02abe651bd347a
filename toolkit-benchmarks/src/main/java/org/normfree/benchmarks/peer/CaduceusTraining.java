package org.normfree.benchmarks.peer;

/**
 * Training a Caduceus-PS as a language model of all positions: both strands through the same
 * parameters, Mamba mixers that run both ways with maps in common, 16 states, four taps.
 *
 * @param method {@code rms-norm} or {@code dyt}, in the toolkit's names
 * @param batch sequences
 * @param length bases of a sequence
 * @param width channels of a strand
 * @param depth layers
 */
public record CaduceusTraining(String method, int batch, int length, int width, int depth)
    implements Workload.Training {
  /** States a channel. */
  public static final int STATES = 16;

  /** Taps of the convolutions. */
  public static final int TAPS = 4;

  /** The token that pairs with each. */
  public static final String COMPLEMENT = "complement";

  /** Channels inside the mixers. */
  public int inner() {
    return 2 * width;
  }

  /** Width of what steps are made of. */
  public int rank() {
    return (width + 15) / 16;
  }

  /** Scans are not counted: they are no products. */
  @Override
  public double flop() {
    double rows = 2.0 * batch * length;
    double inner = inner();
    double mixer = inner * (3.0 * width) + 2 * inner * (2.0 * rank() + 2 * STATES + TAPS);
    return 6 * rows * (depth * mixer + width * 16.0);
  }
}
