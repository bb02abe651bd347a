package org.normfree.core.model.image;

import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/**
 * A shape of a network that classifies images, and how it is built. {@link Network#INPUT} is
 * [batch, height, width, channels], {@link Network#LABELS} and {@link Network#LOGITS} are [batch,
 * classes].
 */
public interface ImageClassifier extends Architecture {
  /**
   * Declares the network with its objective.
   *
   * @param root an empty graph's root
   * @param method what keeps it trainable
   * @throws org.normfree.core.InputException if the method cannot serve the architecture
   */
  void declare(Scope root, Method method);

  /**
   * Builds the network.
   *
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  default Network build(Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> declare(root, method));
  }

  /**
   * Counts its trained numbers, without drawing them.
   *
   * @param method what keeps it trainable
   */
  default long parameters(Method method) {
    return parameters(Scope.outline(DataType.FLOAT, root -> declare(root, method)));
  }

  /** Counts the trained numbers of a network. */
  static long parameters(Network network) {
    return network.parameters().stream().mapToLong(p -> network.array(p.name()).length()).sum();
  }
}
