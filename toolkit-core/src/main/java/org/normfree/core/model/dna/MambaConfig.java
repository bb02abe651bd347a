package org.normfree.core.model.dna;

import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;

/**
 * Shape of a {@link Mamba}.
 *
 * @param vocabulary rows of the embedding
 * @param mixer the mixers
 * @param depth number of layers
 * @param length tokens of a sequence, of which there are as many in all of them
 * @param classes number of classes of a classifier; 0 for a language model
 * @param epsilon added to the mean square by normalizations; 1e-5 in the official code
 */
public record MambaConfig(
    int vocabulary, MambaShape mixer, int depth, int length, int classes, double epsilon)
    implements OneStack {
  /**
   * @throws InputException if a number is out of range
   */
  public MambaConfig {
    Checks.text(vocabulary, mixer.inner(), length);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
    Ends.classes(classes);
    Ends.epsilon(epsilon);
  }

  /** A language model. */
  public static MambaConfig of(int vocabulary, int width, int depth, int length) {
    return new MambaConfig(vocabulary, MambaShape.of(width), depth, length, 0, HyenaConfig.EPSILON);
  }

  /**
   * The same as a classifier.
   *
   * @param number of classes, at least 2
   * @param tokens of a sequence
   */
  public MambaConfig classifier(int number, int tokens) {
    return new MambaConfig(vocabulary, mixer, depth, tokens, number, epsilon);
  }

  @Override
  public Stack stack() {
    return MambaStack.causal(depth);
  }

  @Override
  public double weightsAtMost() {
    return depth * mixer.weights() + 2.0 * vocabulary * mixer.width();
  }
}
