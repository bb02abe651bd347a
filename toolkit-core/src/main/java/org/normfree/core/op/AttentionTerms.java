package org.normfree.core.op;

/**
 * Attributes of {@link Attention} and its gradient: the heads, and which of its options it has.
 *
 * @param heads number of heads
 * @param causal whether query i sees the keys up to {@code i + keys − tokens} only
 * @param masked whether there is an input mask, [batch, keys], 0 for keys not to be seen
 * @param noisy whether there is an input noise, [batch, heads, tokens, keys]
 */
public record AttentionTerms(long heads, boolean causal, boolean masked, boolean noisy) {
  private static final int MASK = 3;

  /** Weights of a head, those of 1,024 queries and as many keys. */
  private static final long MOST_KEPT = 1 << 20;

  /** Reads them back from an op's arguments; no boolean arguments mean no options. */
  static AttentionTerms of(NormfreeOp op) {
    boolean[] options = op.bArgs().length == 0 ? new boolean[3] : op.bArgs();
    return new AttentionTerms(op.getIArgument(0), options[0], options[1], options[2]);
  }

  /** Writes them to an op's arguments. */
  void describe(NormfreeOp op) {
    op.addIArgument(heads);
    op.addBArgument(causal, masked, noisy);
  }

  /**
   * Whether a plan keeps the softmax weights for the gradient: where every query sees every key, no
   * weight is dropped, and they are not too many. Beyond, memory grows with the length only.
   *
   * @param tokens number of queries
   * @param keys number of keys
   */
  public boolean keepsWeights(long tokens, long keys) {
    return !causal && !masked && !noisy && tokens * keys <= MOST_KEPT;
  }

  /** Where the mask stands among the inputs, if there is one. */
  public int mask() {
    return MASK;
  }

  /** Where the noise stands among the inputs, if there is one. */
  public int noise() {
    return masked ? MASK + 1 : MASK;
  }

  /** Number of inputs of the forward op, which is where the gradient op has G. */
  public int inputs() {
    return noisy ? noise() + 1 : noise();
  }
}
