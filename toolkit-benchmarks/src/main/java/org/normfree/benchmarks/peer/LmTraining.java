package org.normfree.benchmarks.peer;

/**
 * Training a decoder-only language model of LLaMA's shape: rotary positions, SwiGLU, no biases, an
 * output projection of its own.
 *
 * @param method {@code rms-norm}, in the toolkit's names
 * @param batch sequences
 * @param length tokens of a sequence
 * @param vocabulary number of tokens
 * @param width channels of the residual stream
 * @param depth blocks
 * @param heads attention heads
 * @param hidden channels of the feed-forward network
 */
public record LmTraining(
    String method,
    int batch,
    int length,
    int vocabulary,
    int width,
    int depth,
    int heads,
    int hidden)
    implements Workload.Training {
  /** Base of the rotary angles. */
  public static final double ROTARY_BASE = 10_000;

  /** Attention counts half, because a token sees only those before it. */
  @Override
  public double flop() {
    double rows = (double) batch * length;
    double linears = rows * width * (4.0 * width + 3.0 * hidden);
    double attention = rows * length * width;
    double head = rows * width * vocabulary;
    return 6 * (depth * (linears + attention) + head);
  }
}
