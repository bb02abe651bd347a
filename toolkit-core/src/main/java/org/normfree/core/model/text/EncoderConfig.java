package org.normfree.core.model.text;

import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.OneStack;

/**
 * Shape of an encoder-only text model.
 *
 * @param vocabulary number of tokens, at least 2
 * @param width channels of the residual stream, a multiple of heads
 * @param depth number of layers, at least 1
 * @param heads attention heads
 * @param hidden channels inside the feed-forward networks
 * @param maxLength longest sequence in tokens
 * @param feedForward what a feed-forward network computes
 * @param classes number of classes of a classifier, at least 2; 0 for a masked language model
 * @param dropout rate behind the embedding and at the end of each branch
 */
public record EncoderConfig(
    int vocabulary,
    int width,
    int depth,
    int heads,
    int hidden,
    int maxLength,
    FeedForward feedForward,
    int classes,
    double dropout)
    implements OneStack {
  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public EncoderConfig {
    Checks.heads(width, heads);
    Checks.text(vocabulary, hidden, maxLength);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
    Checks.require(
        classes == 0 || classes >= 2,
        "the data has %d class, expected at least 2, or 0 for a masked language model",
        classes);
    Checks.rate("dropout", dropout);
  }

  @Override
  public Stack stack() {
    return Stack.encoderOnly(depth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(depth, width, hidden)
        + (double) width * (2.0 * vocabulary + maxLength + classes + width);
  }
}
