package org.normfree.core.model.dna;

import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;

/**
 * Shape of a {@link Hyena}.
 *
 * @param vocabulary rows of the embedding; HyenaDNA's 12 tokens are padded to 16
 * @param width channels of the residual stream
 * @param depth number of layers
 * @param hidden channels inside the feed-forward networks; 4 widths in HyenaDNA
 * @param operator what stands where a Transformer has attention
 * @param length tokens of a sequence, of which there are as many in all of them
 * @param dropout rate behind the embedding; 0.1 in HyenaDNA
 * @param classes number of classes of a classifier; 0 for a language model
 * @param epsilon added to the variance by normalizations; 1e-5 in HyenaDNA
 */
public record HyenaConfig(
    int vocabulary,
    int width,
    int depth,
    int hidden,
    HyenaOperator operator,
    int length,
    double dropout,
    int classes,
    double epsilon)
    implements OneStack {
  private static final double DROPOUT = 0.1;

  /** PyTorch's ε. */
  static final double EPSILON = 1e-5;

  /** The published sizes. */
  public enum Preset {
    /** 128 channels, 2 layers, 1,024 bases: the smallest published weights. */
    TINY(128, 2, 1_024),
    /** 256 channels, 4 layers, 1,024 bases, as Caduceus' code trains it. */
    SMALL(256, 4, 1_024);

    private final int width;
    private final int depth;
    private final int length;

    Preset(int width, int depth, int length) {
      this.width = width;
      this.depth = depth;
      this.length = length;
    }

    /** The longest text in bases. */
    public int length() {
      return length;
    }

    /** A language model of texts of the longest length. */
    public HyenaConfig config() {
      return of(Ends.VOCABULARY, width, depth, HyenaOperator.ofLength(length), length);
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other
   */
  public HyenaConfig {
    Checks.text(vocabulary, hidden, length);
    Checks.require(width >= 1, "width=%d, expected at least 1 channel", width);
    Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
    Ends.longest(length, operator.longest());
    Checks.rate("dropout", dropout);
    Ends.classes(classes);
    Ends.epsilon(epsilon);
  }

  /** A language model with HyenaDNA's proportions, without dropout. */
  public static HyenaConfig of(
      int vocabulary, int width, int depth, HyenaOperator operator, int length) {
    return new HyenaConfig(vocabulary, width, depth, 4 * width, operator, length, 0, 0, EPSILON);
  }

  /** The same with HyenaDNA's dropout behind the embedding. */
  public HyenaConfig withDropout() {
    return new HyenaConfig(
        vocabulary, width, depth, hidden, operator, length, DROPOUT, classes, epsilon);
  }

  /**
   * The same as a classifier.
   *
   * @param number of classes, at least 2
   * @param tokens of a sequence
   */
  public HyenaConfig classifier(int number, int tokens) {
    return new HyenaConfig(
        vocabulary, width, depth, hidden, operator, tokens, dropout, number, epsilon);
  }

  /** The same with another ε. */
  public HyenaConfig epsilon(double other) {
    return new HyenaConfig(
        vocabulary, width, depth, hidden, operator, length, dropout, classes, other);
  }

  @Override
  public Stack stack() {
    return Stack.decoderOnly(depth);
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(depth, width, hidden)
        + (double) vocabulary * width
        + depth * operator.weights(width);
  }
}
