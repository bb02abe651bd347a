package org.normfree.core.model.dna;

import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;

/**
 * Shape of a {@link Caduceus}.
 *
 * @param complement the token that pairs with each, one a row of the embedding; each the other's
 *     partner
 * @param mixer the mixers
 * @param depth number of layers
 * @param strands how the two strands of DNA are treated
 * @param tied whether the two directions of a mixer share their maps in and out
 * @param fusedFault whether every layer swaps the strands, as the official code does with {@code
 *     fused_add_norm=true}; with {@link Strands#SHARED} alone
 * @param length tokens of a sequence, of which there are as many in all of them
 * @param classes number of classes of a classifier; 0 for a masked language model
 * @param epsilon added to the mean square by normalizations; 1e-5 in the official code
 */
public record CaduceusConfig(
    List<Integer> complement,
    MambaShape mixer,
    int depth,
    Strands strands,
    boolean tied,
    boolean fusedFault,
    int length,
    int classes,
    double epsilon)
    implements OneStack {
  /** How the two strands of DNA are treated. */
  public enum Strands {
    /** Caduceus-PS: both go through the same parameters, and what is guessed is equivariant. */
    SHARED,
    /** Caduceus-Ph: one goes through; a classifier is evaluated on both and their mean taken. */
    POST_HOC
  }

  /** The published sizes. */
  public enum Preset {
    /** 118 channels a strand, 4 layers, 1,024 bases: for GenomicBenchmarks. */
    SMALL(118, 4, 1_024),
    /** 256 channels a strand, 8 layers, 131,072 bases. */
    LARGE(256, 8, 131_072);

    private final int width;
    private final int depth;
    private final int length;

    Preset(int width, int depth, int length) {
      this.width = width;
      this.depth = depth;
      this.length = length;
    }

    /**
     * A masked language model of texts of the longest length.
     *
     * @param complement the token that pairs with each
     * @param strands how the two strands are treated
     */
    public CaduceusConfig config(List<Integer> complement, Strands strands) {
      return of(complement, MambaShape.of(width), depth, strands, length);
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other
   */
  public CaduceusConfig {
    complement = List.copyOf(complement);
    Checks.text(complement.size(), mixer.inner(), length);
    for (int token = 0; token < complement.size(); token++) {
      int other = complement.get(token);
      Checks.require(
          other >= 0 && other < complement.size() && complement.get(other) == token,
          "token %d pairs with %d, which does not pair with it; expected each the other's partner",
          token,
          other);
    }
    Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
    Checks.require(
        !fusedFault || strands == Strands.SHARED,
        "the fused path's fault swaps strands, but this model has one; expected strands=shared");
    Ends.classes(classes);
    Ends.epsilon(epsilon);
  }

  /**
   * A masked language model, tied.
   *
   * @param complement the token that pairs with each
   * @param mixer the mixers
   * @param depth number of layers
   * @param strands how the two strands are treated
   * @param length tokens of a sequence
   */
  public static CaduceusConfig of(
      List<Integer> complement, MambaShape mixer, int depth, Strands strands, int length) {
    return new CaduceusConfig(
        complement, mixer, depth, strands, true, false, length, 0, HyenaConfig.EPSILON);
  }

  /**
   * The same as a classifier.
   *
   * @param number of classes, at least 2
   * @param tokens of a sequence
   */
  public CaduceusConfig classifier(int number, int tokens) {
    return new CaduceusConfig(
        complement, mixer, depth, strands, tied, fusedFault, tokens, number, epsilon);
  }

  /** The same with the fused path's fault, or without. */
  public CaduceusConfig fusedFault(boolean other) {
    return new CaduceusConfig(
        complement, mixer, depth, strands, tied, other, length, classes, epsilon);
  }

  /** The same with another ε. */
  public CaduceusConfig epsilon(double other) {
    return new CaduceusConfig(
        complement, mixer, depth, strands, tied, fusedFault, length, classes, other);
  }

  @Override
  public Stack stack() {
    return MambaStack.encoder(depth);
  }

  @Override
  public double weightsAtMost() {
    return 2.0 * depth * mixer.weights() + 2.0 * complement.size() * mixer.width();
  }
}
