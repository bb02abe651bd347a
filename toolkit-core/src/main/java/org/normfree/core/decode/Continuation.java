package org.normfree.core.decode;

/** Sequences that grow together, a token at a time. */
public interface Continuation {
  /** How many sequences there are. */
  int sequences();

  /**
   * Appends a token to every sequence.
   *
   * @param tokens one a sequence
   * @return logits of the token after it, [sequences][vocabulary]
   */
  float[][] append(int... tokens);

  /**
   * Keeps some of the sequences: sequence i becomes what {@code sources[i]} was.
   *
   * @param sources numbers of sequences; one may be kept several times or not at all
   */
  void keep(int... sources);
}
