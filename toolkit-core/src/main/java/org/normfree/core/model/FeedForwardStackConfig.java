package org.normfree.core.model;

import org.normfree.core.InputException;
import org.normfree.core.method.Stack;

/**
 * Shape of a {@link FeedForwardStack}.
 *
 * @param width channels of the residual stream
 * @param hidden channels inside a branch
 * @param branches number of branches L, even and at least 2
 * @param classes number of classes, at least 2
 */
public record FeedForwardStackConfig(int width, int hidden, int branches, int classes)
    implements OneStack {
  /**
   * @throws InputException if a number is out of range
   */
  public FeedForwardStackConfig {
    Checks.require(width >= 1, "width=%d, expected at least 1 channel", width);
    Checks.require(hidden >= 1, "hidden=%d, expected at least 1 channel", hidden);
    Checks.require(
        branches >= 2 && branches % 2 == 0,
        "a stack of %d branches, expected an even number of at least 2, two a layer",
        branches);
    Checks.require(classes >= 2, "%d class, expected at least 2", classes);
  }

  @Override
  public Stack stack() {
    return Stack.encoderOnly(branches / 2);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(branches, width, hidden) + (double) width * classes;
  }
}
