package org.normfree.core.model.text;

import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.OneStack;

/**
 * Shape of a decoder-only language model.
 *
 * @param vocabulary number of tokens, at least 2
 * @param width channels of the residual stream, a multiple of heads
 * @param depth number of layers, at least 1
 * @param heads attention heads
 * @param hidden channels inside the feed-forward networks
 * @param maxLength longest sequence in tokens
 * @param positions how a token knows its place
 * @param feedForward what a feed-forward network computes
 * @param bias whether linear maps and norms have biases
 * @param tied whether the output projection is the embedding's table
 * @param dropout rate behind the embedding and at the end of each branch
 */
public record DecoderLmConfig(
    int vocabulary,
    int width,
    int depth,
    int heads,
    int hidden,
    int maxLength,
    Positions positions,
    FeedForward feedForward,
    boolean bias,
    boolean tied,
    double dropout)
    implements OneStack {
  private static final int GRANULE = 32;

  /** How a token knows its place. */
  public enum Positions {
    /** Queries and keys are rotated. Source: arXiv 2104.09864. */
    ROTARY,
    /** A trained vector a position is added to the embedding, as in GPT-2. */
    LEARNED
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public DecoderLmConfig {
    Checks.heads(width, heads);
    Checks.text(vocabulary, hidden, maxLength);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
    Checks.require(
        positions != Positions.ROTARY || width / heads % 2 == 0,
        "rotary positions turn pairs of channels, but width=%d over heads=%d leaves %d a head; choose an even number",
        width,
        heads,
        width / heads);
    Checks.rate("dropout", dropout);
  }

  /**
   * LLaMA's shape: rotary positions, SwiGLU of 8/3 of the width (rounded up to a multiple of 32),
   * no biases, an output projection of its own. Source: arXiv 2302.13971.
   *
   * @param vocabulary number of tokens
   * @param width channels
   * @param depth layers
   * @param heads attention heads
   * @param maxLength longest sequence
   * @return the shape, without dropout
   */
  public static DecoderLmConfig llama(
      int vocabulary, int width, int depth, int heads, int maxLength) {
    int hidden = (8 * width / 3 + GRANULE - 1) / GRANULE * GRANULE;
    return new DecoderLmConfig(
        vocabulary,
        width,
        depth,
        heads,
        hidden,
        maxLength,
        Positions.ROTARY,
        FeedForward.SWIGLU,
        false,
        false,
        0);
  }

  /**
   * GPT-2's shape: learned positions, GELU of 4 widths, biases, tied output projection.
   *
   * @param vocabulary number of tokens
   * @param width channels
   * @param depth layers
   * @param heads attention heads
   * @param maxLength longest sequence
   * @return the shape, without dropout
   */
  public static DecoderLmConfig gpt(
      int vocabulary, int width, int depth, int heads, int maxLength) {
    return new DecoderLmConfig(
        vocabulary,
        width,
        depth,
        heads,
        4 * width,
        maxLength,
        Positions.LEARNED,
        FeedForward.GELU,
        true,
        true,
        0);
  }

  /** The same shape as it generates, when nothing is dropped. */
  DecoderLmConfig withoutDropout() {
    return new DecoderLmConfig(
        vocabulary, width, depth, heads, hidden, maxLength, positions, feedForward, bias, tied, 0);
  }

  @Override
  public Stack stack() {
    return Stack.decoderOnly(depth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(depth, width, hidden)
        + (double) width * (2.0 * vocabulary + maxLength);
  }
}
