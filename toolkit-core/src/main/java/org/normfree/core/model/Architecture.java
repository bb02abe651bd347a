package org.normfree.core.model;

import java.util.List;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;

/** The shape of a network, as far as it is known before anything of it is built. */
public interface Architecture {
  /** Of a weight, its gradient and two averages. */
  double BYTES = 16;

  /** Its stacks of layers that a method joins; none of a perceptron. */
  List<Stack> stacks();

  /** Numbers of its weights, at most: counted roughly, and rather too high. */
  double weightsAtMost();

  /**
   * Whether this machine's memory can hold it for certain, with gradients and averages. Only the
   * network itself tells of one that is larger.
   */
  default boolean surelyFits() {
    return BYTES * weightsAtMost() < Runtime.getRuntime().maxMemory();
  }

  /**
   * Weights of the layers of a Transformer, at most: of self and cross attention, a gated
   * feed-forward network and adaptive norms.
   *
   * @param layers how many
   * @param width channels of the stream
   * @param hidden channels of the feed-forward network
   */
  static double ofLayers(int layers, double width, double hidden) {
    return layers * width * (15 * width + 3 * hidden);
  }

  /**
   * Refuses a method that cannot serve it.
   *
   * @param method what is to keep it trainable
   * @throws org.normfree.core.InputException if the method has no answer for one of its stacks
   */
  default void requireServedBy(Method method) {
    stacks().forEach(method::requireServes);
  }
}
