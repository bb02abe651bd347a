package org.normfree.core.model.text;

import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;

/**
 * Shape of an encoder–decoder Transformer over one vocabulary that both languages share.
 *
 * @param vocabulary number of tokens, at least 2
 * @param width channels of the residual stream, a multiple of heads
 * @param encoderDepth N, layers of the encoder, at least 1
 * @param decoderDepth M, layers of the decoder, at least 1
 * @param heads attention heads
 * @param hidden channels inside the feed-forward networks
 * @param maxLength longest sequence in tokens, of either side
 * @param feedForward what a feed-forward network computes
 * @param tied whether source embedding, target embedding and output projection are one table
 * @param dropout rate behind the embeddings and at the end of each branch
 * @param labelSmoothing share of each target spread over the vocabulary
 */
public record TransformerConfig(
    int vocabulary,
    int width,
    int encoderDepth,
    int decoderDepth,
    int heads,
    int hidden,
    int maxLength,
    FeedForward feedForward,
    boolean tied,
    double dropout,
    double labelSmoothing)
    implements Architecture {
  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public TransformerConfig {
    Checks.heads(width, heads);
    Checks.text(vocabulary, hidden, maxLength);
    Checks.require(encoderDepth >= 1, "depth=%d, expected at least 1 encoder layer", encoderDepth);
    Checks.require(decoderDepth >= 1, "decoder.depth=%d, expected at least 1 layer", decoderDepth);
    Checks.rate("dropout", dropout);
    Checks.rate("label.smoothing", labelSmoothing);
  }

  /** The same shape as it generates, when nothing is dropped. */
  TransformerConfig withoutDropout() {
    return new TransformerConfig(
        vocabulary,
        width,
        encoderDepth,
        decoderDepth,
        heads,
        hidden,
        maxLength,
        feedForward,
        tied,
        0,
        labelSmoothing);
  }

  /** The layers of one half. */
  Stack stack(Stack.Kind kind) {
    return new Stack(kind, encoderDepth, decoderDepth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(encoderDepth + decoderDepth, width, hidden)
        + (double) width * (3.0 * vocabulary + 2.0 * maxLength);
  }

  @Override
  public List<Stack> stacks() {
    return List.of(stack(Stack.Kind.ENCODER), stack(Stack.Kind.DECODER));
  }
}
